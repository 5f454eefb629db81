/* Voxel finite elements on a CUDA device. Plain CUDA C++ without headers: compiled at run time, by nvcc, or, with
   macros in place of the CUDA keywords, by any C++ compiler.

   Nodes that belong to an element are numbered x fastest, then y, then z, without the empty space, so that the
   neighbour in x is the next number; component c of node n lies at c * stride + n. Which places of the box hold a node is a bit each; 32 places along x and the
   number of nodes before them are one Word, so that any node is found by one load and a count of bits. Elements
   are found in the same way. In a periodic model (wrap) the box of nodes is closed: the far face is the near one
   and is not stored.

   Every kernel that writes a node is one thread per node and collects what it needs (gather), so that no two
   threads add to one number and no result depends on the order in which blocks run. Threads take the nodes brick
   by brick of the box, whose values they share in the cache. Sums over all nodes are taken within blocks first,
   then by the last block over all blocks in their order: the same bits at every run. */

#define BLOCK 256
#define FIRST 32 /* number of the first node: before it and behind the last each component has a zero */
#define SHARE 16 /* threads that finish a sum; its square is BLOCK */

struct alignas(8) Word {
    unsigned mask, base; /* places filled; number of those before, and in the top bit whether x - 1 is filled */
};

struct Level {
    Word *nodes, *elements;
    float *modulus;          /* of each element, MPa */
    unsigned *places;        /* of each node in its box, brick by brick */
    float *weight;           /* one over the sum of the moduli at each node */
    unsigned char *held;     /* bit c: component c is prescribed */
    float stiffness[72];     /* of a unit element: rows of corner 0, [component][corner * 3 + component] */
    float inverse[3];        /* one over the diagonal entry of each component */
    int nx, ny, nz, words;   /* places of nodes along each axis; Words along x */
    int count, stride, shift_y, shift_z, wrap;
};

struct Stiffness {
    double k[72];
};

struct State { /* of one run of conjugate gradients */
    double down, energy, squares, along, alpha, beta, live, spare;
};

struct Sums { /* working memory of sums over all blocks */
    double *part;
    unsigned *ticket;
    State *state;
};

struct Node {
    int x, y, z, n;      /* place and number */
    int word;            /* its Word, and which places of a Word come before it */
    unsigned before;
};

/* ---- finding nodes and elements ---- */

__device__ long long thread()
{
    return (long long)blockIdx.x * BLOCK + threadIdx.x;
}

__device__ int word_at(const Level &g, int z, int y, int x)
{
    return (z * g.ny + y) * g.words + (x >> 5);
}

__device__ unsigned places_before(int x)
{
    return (1u << (x & 31)) - 1u;
}

__device__ int number_in(const Word &word, unsigned before)
{
    return (int)(word.base & 0x7fffffffu) + __popc(word.mask & before);
}

/* The number of a node that is known to exist. */
__device__ int rank(const Level &g, int z, int y, int x)
{
    return number_in(g.nodes[word_at(g, z, y, x)], places_before(x));
}

/* The node at a place inside the box, -1 where there is none. */
__device__ int find(const Level &g, int z, int y, int x)
{
    const Word word = g.nodes[word_at(g, z, y, x)];
    return (word.mask >> (x & 31)) & 1u ? number_in(word, places_before(x)) : -1;
}

__device__ int around(int i, int n)
{
    return i < 0 ? i + n : i >= n ? i - n : i;
}

__device__ Node node_of(const Level &g, long long t)
{
    const unsigned place = g.places[t];
    Node at;
    at.x = (int)(place & ((1u << g.shift_y) - 1u));
    at.y = (int)((place >> g.shift_y) & ((1u << (g.shift_z - g.shift_y)) - 1u));
    at.z = g.shift_z < 32 ? (int)(place >> g.shift_z) : 0;
    at.word = word_at(g, at.z, at.y, at.x);
    at.before = places_before(at.x);
    at.n = number_in(g.nodes[at.word], at.before);
    return at;
}

/* Words from a node's row to its neighbour row (d = -1, 0, 1); of i of n rows, `step` Words apart. */
__device__ int to_row(int i, int n, int d, int step)
{
    if (d < 0) return i == 0 ? (n - 1) * step : -step;
    if (d > 0) return i == n - 1 ? (1 - n) * step : step;
    return 0;
}

/* Moduli of the eight elements at a node, zero where there is none. Elements are numbered by bits: 0: beyond the
   node in x, 1: in y, 2: in z. Returns the bits of those that exist. */
template <bool WRAP> __device__ unsigned moduli(const Level &g, const Node &at, float *e)
{
    const int bit = at.x & 31;
    unsigned exist = 0;
#pragma unroll
    for (int side = 0; side < 4; ++side) {
        const bool inside = WRAP || ((side & 1 || at.y > 0) && (side >> 1 || at.z > 0));
        const int across = side & 1 ? 0 : to_row(at.y, g.ny, -1, g.words);
        const int up = side >> 1 ? 0 : to_row(at.z, g.nz, -1, g.ny * g.words);
        const Word word = g.elements[inside ? at.word + across + up : at.word];
        const int n = number_in(word, at.before);
        const bool beyond = inside && ((word.mask >> bit) & 1u);
        const bool short_of = inside && ((__funnelshift_l(word.base, word.mask, 1) >> bit) & 1u);
        int m = n - 1;
        if (WRAP && at.x == 0) /* the last of the row */
            m = number_in(g.elements[at.word + across + up + g.words - 1], places_before(g.nx - 1));
        e[2 * side + 1] = beyond ? g.modulus[n] : 0.0f;
        e[2 * side] = short_of ? g.modulus[m] : 0.0f;
        exist |= (unsigned)beyond << (2 * side + 1) | (unsigned)short_of << (2 * side);
    }
    return exist;
}

/* ---- the stiffness of a node's eight elements ---- */

/* Rows of neighbours are numbered r = 3 * (dz + 1) + dy + 1. Whether element o of a node holds row r. */
__device__ constexpr bool holds(int o, int r)
{
    return (r / 3 == 1 || (r / 3 == 2) == (o >> 2 == 1)) && (r % 3 == 1 || (r % 3 == 2) == ((o >> 1 & 1) == 1));
}

__device__ constexpr unsigned holders(int r)
{
    unsigned bits = 0;
    for (int o = 0; o < 8; ++o)
        if (holds(o, r)) bits |= 1u << o;
    return bits;
}

/* Add the products of one row of neighbours, v[x + 1][component], to the forces of the elements that hold it. A
   mirrored corner turns the sign of the mirrored components, so that the rows of corner 0 serve all corners. */
template <class T> __device__ void add_row(const T *k, int r, const T (*v)[3], T (*f)[3])
{
#pragma unroll
    for (int o = 0; o < 8; ++o) {
        if (!holds(o, r)) continue;
        const int own = 7 - o; /* my corner of this element */
#pragma unroll
        for (int j = 0; j < 2; ++j) {
            const int away = (r / 3 != 1) * 4 + (r % 3 != 1) * 2 + (j != (own & 1));
#pragma unroll
            for (int a = 0; a < 3; ++a)
#pragma unroll
                for (int b = 0; b < 3; ++b) {
                    const T entry = k[a * 24 + away * 3 + b];
                    f[o][a] += (((own >> a) ^ (own >> b)) & 1 ? -entry : entry) * v[(o & 1) + j][b];
                }
        }
    }
}

/* The forces of displacements u at one node: rows of K u. What is loaded for elements that do not exist is some
   other node's displacement, or the zeros before and behind a vector; their modulus of zero removes it. */
template <bool WRAP, class T, class Field>
__device__ void collect_forces(const Level &g, const Field &u, const T *k, const Node &at, T *out)
{
    float e[8];
    T f[8][3] = {};
    const unsigned exist = moduli<WRAP>(g, at, e);
    int row[9], word[9];
#pragma unroll
    for (int r = 0; r < 9; ++r) {
        const int there = at.word + to_row(at.z, g.nz, r / 3 - 1, g.ny * g.words) + to_row(at.y, g.ny, r % 3 - 1, g.words);
        word[r] = exist & holders(r) ? there : at.word;
        row[r] = r == 4 ? at.n : number_in(g.nodes[word[r]], at.before);
    }
#pragma unroll
    for (int r = 0; r < 9; ++r) {
        T v[3][3];
        int left = row[r] - 1, right = row[r] + 1;
        if (WRAP) {
            const int first = word[r] - (at.x >> 5);
            if (at.x == 0) left = number_in(g.nodes[first + g.words - 1], places_before(g.nx - 1));
            if (at.x == g.nx - 1) right = number_in(g.nodes[first], 0);
        }
        u.load(left, v[0]);
        u.load(row[r], v[1]);
        u.load(right, v[2]);
        add_row(k, r, v, f);
    }
#pragma unroll
    for (int a = 0; a < 3; ++a) {
        out[a] = T(0);
#pragma unroll
        for (int o = 0; o < 8; ++o) out[a] += T(e[o]) * f[o][a];
    }
}

template <class T, class Field>
__device__ void forces(const Level &g, const Field &u, const T *k, const Node &at, T *out)
{
    if (g.wrap)
        collect_forces<true>(g, u, k, at, out);
    else
        collect_forces<false>(g, u, k, at, out);
}

__device__ void all_moduli(const Level &g, const Node &at, float *e)
{
    if (g.wrap)
        moduli<true>(g, at, e);
    else
        moduli<false>(g, at, e);
}

template <class T> struct Stored { /* displacements as they are stored */
    const T *u;
    int stride;
    __device__ void load(int n, T *v) const
    {
#pragma unroll
        for (int c = 0; c < 3; ++c) v[c] = (u + (long long)c * stride)[n];
    }
};

struct Begun { /* displacements after one smoothing step from zero under load b, which is zero where held */
    const float *b, *weight;
    int stride;
    float step[3];
    __device__ void load(int n, float *v) const
    {
        const float w = weight[n];
#pragma unroll
        for (int c = 0; c < 3; ++c) v[c] = step[c] * w * (b + (long long)c * stride)[n];
    }
};

/* ---- sums that are the same at every run ---- */

__device__ void sum_block(double (*part)[BLOCK], double a, double b)
{
    const int t = (int)threadIdx.x;
    part[0][t] = a;
    part[1][t] = b;
    __syncthreads();
    if (t < SHARE) {
        for (int i = SHARE; i < BLOCK; i += SHARE) {
            part[0][t] += part[0][t + i];
            part[1][t] += part[1][t + i];
        }
    }
    __syncthreads();
    if (t == 0) {
        for (int i = 1; i < SHARE; ++i) {
            part[0][0] += part[0][i];
            part[1][0] += part[1][i];
        }
    }
}

/* Sum a and b over all threads; true for the one thread that holds the totals. All threads must call it. */
__device__ bool total(const Sums &sums, double &a, double &b)
{
    __shared__ double part[2][BLOCK];
    __shared__ bool last;
    sum_block(part, a, b);
    if (threadIdx.x == 0) {
        volatile double *mine = sums.part + 2LL * blockIdx.x;
        mine[0] = part[0][0];
        mine[1] = part[1][0];
        __threadfence();
        last = atomicAdd(sums.ticket, 1u) == gridDim.x - 1;
    }
    __syncthreads();
    if (!last) return false;
    __threadfence();
    const volatile double *all = sums.part;
    a = b = 0.0;
    for (unsigned i = threadIdx.x; i < gridDim.x; i += BLOCK) {
        a += all[2LL * i];
        b += all[2LL * i + 1];
    }
    sum_block(part, a, b);
    if (threadIdx.x != 0) return false;
    *sums.ticket = 0;
    a = part[0][0];
    b = part[1][0];
    return true;
}

/* Conjugate gradients whose preconditioner changes from call to call: the flexible form of the direction. */
__device__ void choose_direction(State *s, double down, double turned, int first)
{
    s->down = down;
    if (first) {
        s->along = 0.0;
        s->live = 1.0;
    }
    s->beta = s->along != 0.0 ? -s->alpha * turned / s->along : 0.0;
}

__device__ void choose_length(State *s, double energy)
{
    const bool good = s->live != 0.0 && s->down > 0.0 && energy > 0.0 && energy < 1e300;
    s->energy = energy;
    s->live = good ? 1.0 : 0.0;
    s->alpha = good ? s->down / energy : 0.0;
    if (good) s->along = s->down;
}

/* ---- smoothing, residual, product ---- */

/* Two steps of the smoother from zero. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    smooth_first(Level g, const float *b, float *x, float *d, float begin, float momentum, float step)
{
    const long long t = thread();
    if (t >= g.count) return;
    const Node at = node_of(g, t);
    float y[3], own[3];
    Begun u = {b, g.weight, g.stride, {}};
#pragma unroll
    for (int c = 0; c < 3; ++c) u.step[c] = begin * g.inverse[c];
    forces(g, u, g.stiffness, at, y);
    u.load(at.n, own);
    const float w = step * g.weight[at.n];
#pragma unroll
    for (int c = 0; c < 3; ++c) {
        const long long i = (long long)c * g.stride + at.n;
        const bool held = (g.held[at.n] >> c) & 1;
        const float moved = held ? 0.0f : momentum * own[c] + w * g.inverse[c] * (b[i] - y[c]);
        d[i] = moved;
        x[i] = held ? 0.0f : own[c] + moved;
    }
}

struct Step { /* one step of the smoother: from x to out, along d, which is written only where it is needed */
    const float *x, *b, *d;
    float *out, *moved;
    float momentum, step;
};

/* Take the step at one node and return it in z; nothing is done beyond the last node. */
__device__ Node smooth_node(const Level &g, const Step &s, float *z)
{
    const long long t = thread();
    Node at = {0, 0, 0, -1};
    if (t >= g.count) return at;
    at = node_of(g, t);
    float y[3];
    forces(g, Stored<float>{s.x, g.stride}, g.stiffness, at, y);
    const float w = s.step * g.weight[at.n];
#pragma unroll
    for (int c = 0; c < 3; ++c) {
        const long long i = (long long)c * g.stride + at.n;
        float moved = w * g.inverse[c] * (s.b[i] - y[c]);
        if (s.momentum != 0.0f) moved += s.momentum * s.d[i];
        if ((g.held[at.n] >> c) & 1) moved = 0.0f;
        z[c] = s.x[i] + moved;
        s.out[i] = z[c];
        if (s.moved) s.moved[i] = moved;
    }
    return at;
}

extern "C" __global__ void __launch_bounds__(BLOCK) smooth(Level g, Step s)
{
    float z[3];
    smooth_node(g, s, z);
}

/* The last step before a new direction is chosen: also sums z . r and z . q, where r = scale b. */
template <class T>
__device__ void smooth_and_choose(
    const Level &g, const Step &s, const T *q, const Sums &sums, double scale, int first)
{
    float z[3];
    const Node at = smooth_node(g, s, z);
    double down = 0.0, turned = 0.0;
    if (at.n >= 0) {
#pragma unroll
        for (int c = 0; c < 3; ++c) {
            const long long i = (long long)c * g.stride + at.n;
            down += (double)z[c] * s.b[i];
            if (!first) turned += (double)z[c] * q[i];
        }
    }
    if (total(sums, down, turned)) choose_direction(sums.state, scale * down, turned, first);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    smooth_last(Level g, Step s, const float *q, Sums sums, int first)
{
    smooth_and_choose(g, s, q, sums, 1.0, first);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    smooth_last_double(Level g, Step s, const double *q, Sums sums, double scale)
{
    smooth_and_choose(g, s, q, sums, scale, 0);
}

/* b - K x, zero where held. */
extern "C" __global__ void __launch_bounds__(BLOCK) residual(Level g, const float *x, const float *b, float *out)
{
    const long long t = thread();
    if (t >= g.count) return;
    const Node at = node_of(g, t);
    float y[3];
    forces(g, Stored<float>{x, g.stride}, g.stiffness, at, y);
#pragma unroll
    for (int c = 0; c < 3; ++c) {
        const long long i = (long long)c * g.stride + at.n;
        out[i] = (g.held[at.n] >> c) & 1 ? 0.0f : b[i] - y[c];
    }
}

/* q = K p, zero where held unless `everywhere`; the step length follows from p . q. */
template <class T>
__device__ void product_node(const Level &g, const T *k, const T *p, T *q, const Sums &sums, int everywhere)
{
    const long long t = thread();
    double energy = 0.0, none = 0.0;
    if (t < g.count) {
        const Node at = node_of(g, t);
        T y[3];
        forces(g, Stored<T>{p, g.stride}, k, at, y);
#pragma unroll
        for (int c = 0; c < 3; ++c) {
            const long long i = (long long)c * g.stride + at.n;
            if (!everywhere && ((g.held[at.n] >> c) & 1)) y[c] = T(0);
            q[i] = y[c];
            energy += (double)p[i] * y[c];
        }
    }
    if (total(sums, energy, none)) choose_length(sums.state, energy);
}

extern "C" __global__ void __launch_bounds__(BLOCK) product(Level g, const float *p, float *q, Sums sums)
{
    product_node(g, g.stiffness, p, q, sums, 0);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    product_double(Level g, Stiffness s, const double *p, double *q, Sums sums, int everywhere)
{
    product_node(g, s.k, p, q, sums, everywhere);
}

/* ---- vectors ---- */

template <class T> struct alignas(2 * sizeof(T)) Two {
    T a, b;
};

template <class T> __device__ void follow_two(T *p, const float *z, const State *s, long long pairs)
{
    const long long t = thread();
    if (t >= pairs) return;
    const T beta = T(s->beta);
    const Two<float> along = ((const Two<float> *)z)[t];
    Two<T> next = {T(along.a), T(along.b)};
    if (beta != T(0)) {
        const Two<T> old = ((const Two<T> *)p)[t];
        next.a += beta * old.a;
        next.b += beta * old.b;
    }
    ((Two<T> *)p)[t] = next;
}

/* p = z + beta p */
extern "C" __global__ void __launch_bounds__(BLOCK) follow(float *p, const float *z, const State *s, long long pairs)
{
    follow_two(p, z, s, pairs);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    follow_double(double *p, const float *z, const State *s, long long pairs)
{
    follow_two(p, z, s, pairs);
}

/* x += alpha p, b -= alpha q; x is taken for zero at the first step, b is left alone at the last. */
extern "C" __global__ void __launch_bounds__(BLOCK) advance(
    float *x, float *b, const float *p, const float *q, const State *s, int first, int last, long long pairs)
{
    const long long t = thread();
    if (t >= pairs) return;
    const float alpha = (float)s->alpha;
    Two<float> at = {0.0f, 0.0f};
    if (!first) at = ((const Two<float> *)x)[t];
    if (alpha != 0.0f) {
        const Two<float> along = ((const Two<float> *)p)[t];
        at.a += alpha * along.a;
        at.b += alpha * along.b;
        if (!last) {
            Two<float> load = ((const Two<float> *)b)[t];
            const Two<float> force = ((const Two<float> *)q)[t];
            load.a -= alpha * force.a;
            load.b -= alpha * force.b;
            ((Two<float> *)b)[t] = load;
        }
    }
    ((Two<float> *)x)[t] = at;
}

/* x += alpha p, r -= alpha q, b = factor r, with r . r. */
extern "C" __global__ void __launch_bounds__(BLOCK) advance_double(
    double *x, double *r, const double *p, const double *q, float *b, double factor, Sums sums, long long pairs)
{
    const double alpha = sums.state->alpha;
    double squares = 0.0, none = 0.0;
    for (long long t = thread(); t < pairs; t += (long long)gridDim.x * BLOCK) {
        Two<double> rest = ((const Two<double> *)r)[t];
        if (alpha != 0.0) {
            Two<double> at = ((const Two<double> *)x)[t];
            const Two<double> along = ((const Two<double> *)p)[t], force = ((const Two<double> *)q)[t];
            at.a += alpha * along.a;
            at.b += alpha * along.b;
            rest.a -= alpha * force.a;
            rest.b -= alpha * force.b;
            ((Two<double> *)x)[t] = at;
            ((Two<double> *)r)[t] = rest;
        }
        const Two<float> load = {(float)(factor * rest.a), (float)(factor * rest.b)};
        ((Two<float> *)b)[t] = load;
        squares += rest.a * rest.a + rest.b * rest.b;
    }
    if (total(sums, squares, none)) sums.state->squares = squares;
}

/* The same sums where no smoother comes last. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    choose(const float *z, const float *b, const double *q, Sums sums, double scale, long long size)
{
    double down = 0.0, turned = 0.0;
    for (long long t = thread(); t < size; t += (long long)gridDim.x * BLOCK) {
        down += (double)z[t] * b[t];
        turned += (double)z[t] * q[t];
    }
    if (total(sums, down, turned)) choose_direction(sums.state, scale * down, turned, 0);
}

/* ---- between levels ---- */

/* The fine place o = -1, 0, 1 steps from coarse place i, of `fine` and `coarse` in all; -1 where there is none. */
__device__ int finer(int i, int o, int fine, int coarse, int wrap)
{
    int f = 2 * i + o;
    if (f < 0 && wrap) f += 2 * coarse;
    return f < fine ? f : -1;
}

/* b of the coarse level: the transpose of interpolation of fine forces, zero where held. */
extern "C" __global__ void __launch_bounds__(BLOCK) restrict_forces(Level fine, Level coarse, const float *d, float *b)
{
    const long long t = thread();
    if (t >= coarse.count) return;
    const Node at = node_of(coarse, t);
    float sum[3] = {};
    for (int r = 0; r < 9; ++r) {
        const int z = finer(at.z, r / 3 - 1, fine.nz, coarse.nz, fine.wrap);
        const int y = finer(at.y, r % 3 - 1, fine.ny, coarse.ny, fine.wrap);
        if (z < 0 || y < 0) continue;
        const float share = (r / 3 == 1 ? 1.0f : 0.5f) * (r % 3 == 1 ? 1.0f : 0.5f);
#pragma unroll
        for (int o = -1; o < 2; ++o) {
            const int x = finer(at.x, o, fine.nx, coarse.nx, fine.wrap);
            const int n = x < 0 ? -1 : find(fine, z, y, x);
            if (n < 0) continue;
            const float weight = o ? 0.5f * share : share;
#pragma unroll
            for (int c = 0; c < 3; ++c) sum[c] += weight * d[(long long)c * fine.stride + n];
        }
    }
#pragma unroll
    for (int c = 0; c < 3; ++c)
        b[(long long)c * coarse.stride + at.n] = (coarse.held[at.n] >> c) & 1 ? 0.0f : sum[c];
}

/* Add the interpolation of coarse displacements to x of the fine level, but where held. */
extern "C" __global__ void __launch_bounds__(BLOCK) prolong(Level fine, Level coarse, const float *from, float *x)
{
    const long long t = thread();
    if (t >= fine.count) return;
    const Node at = node_of(fine, t);
    const float weight = (at.z & 1 ? 0.5f : 1.0f) * (at.y & 1 ? 0.5f : 1.0f) * (at.x & 1 ? 0.5f : 1.0f);
    float sum[3] = {};
    for (int o = 0; o < 8; ++o) {
        const int i = o & 1, j = (o >> 1) & 1, k = o >> 2;
        if (i > (at.x & 1) || j > (at.y & 1) || k > (at.z & 1)) continue;
        const int n = find(coarse, around((at.z >> 1) + k, coarse.nz), around((at.y >> 1) + j, coarse.ny),
                           around((at.x >> 1) + i, coarse.nx));
        if (n < 0) continue;
#pragma unroll
        for (int c = 0; c < 3; ++c) sum[c] += from[(long long)c * coarse.stride + n];
    }
#pragma unroll
    for (int c = 0; c < 3; ++c)
        if (!((fine.held[at.n] >> c) & 1)) x[(long long)c * fine.stride + at.n] += weight * sum[c];
}

/* x = inverse b on the coarsest level; `dofs` are its free places in a vector. SHARE threads make one row. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    solve_directly(const float *inverse, const int *dofs, int size, const float *b, float *x)
{
    __shared__ float part[BLOCK];
    const int row = (int)(thread() / SHARE), lane = (int)threadIdx.x % SHARE;
    float sum = 0.0f;
    if (row < size)
        for (int i = lane; i < size; i += SHARE) sum += inverse[(long long)row * size + i] * b[dofs[i]];
    part[threadIdx.x] = sum;
    __syncthreads();
    if (lane == 0 && row < size) {
        for (int i = 1; i < SHARE; ++i) sum += part[threadIdx.x + i];
        x[dofs[row]] = sum;
    }
}

/* ---- building a level ---- */

struct Box { /* voxels of a level, and the bricks in which its nodes are taken: rows in z and y, Words in x */
    int nz, ny, nx, brick_z, brick_y, brick_x;
};

__device__ bool filled(const float *modulus, const Box &v, int z, int y, int x)
{
    return x < v.nx && modulus[((long long)z * v.ny + y) * v.nx + x] > 0.0f;
}

/* Mark the elements, one thread to a Word; count them. */
extern "C" __global__ void __launch_bounds__(BLOCK) mark_elements(Level g, Box v, const float *modulus, int *counts)
{
    const long long t = thread();
    if (t >= (long long)g.nz * g.ny * g.words) return;
    const int w = (int)(t % g.words), y = (int)(t / g.words % g.ny), z = (int)(t / g.words / g.ny);
    Word word = {0, 0};
    if (z < v.nz && y < v.ny) {
#pragma unroll 4
        for (int i = 0; i < 32; ++i)
            if (filled(modulus, v, z, y, 32 * w + i)) word.mask |= 1u << i;
        if (w ? filled(modulus, v, z, y, 32 * w - 1) : g.wrap && filled(modulus, v, z, y, v.nx - 1))
            word.base = 0x80000000u;
    }
    g.elements[t] = word;
    counts[t] = __popc(word.mask);
}

/* Mark the nodes of the marked elements; count them. */
extern "C" __global__ void __launch_bounds__(BLOCK) mark_nodes(Level g, int *counts)
{
    const long long t = thread();
    if (t >= (long long)g.nz * g.ny * g.words) return;
    const int w = (int)(t % g.words), y = (int)(t / g.words % g.ny), z = (int)(t / g.words / g.ny);
    Word word = {0, 0};
    for (int side = 0; side < 4; ++side) {
        const int j = y - (side & 1), k = z - (side >> 1);
        if (!g.wrap && (j < 0 || k < 0)) continue;
        const Word found = g.elements[word_at(g, around(k, g.nz), around(j, g.ny), 0) + w];
        word.mask |= found.mask | found.mask << 1 | found.base >> 31;
    }
    if (g.nx - 32 * w < 32) word.mask &= (1u << (g.nx - 32 * w)) - 1u;
    g.nodes[t] = word;
    counts[t] = __popc(word.mask);
}

/* Complete marked Words with the number of what lies before them, counted from `first`. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    number(Word *words, const int *counts, const long long *sums, int first, long long size)
{
    const long long t = thread();
    if (t < size) words[t].base |= (unsigned)(first + sums[t] - counts[t]);
}

/* The Word that is t-th in the order of bricks; false beyond the box. */
__device__ bool word_of(const Level &g, const Box &v, long long t, int &z, int &y, int &w)
{
    const int inner = (int)(t % (v.brick_z * v.brick_y * v.brick_x));
    const long long brick = t / (v.brick_z * v.brick_y * v.brick_x);
    const int across = (g.words + v.brick_x - 1) / v.brick_x, along = (g.ny + v.brick_y - 1) / v.brick_y;
    w = (int)(brick % across) * v.brick_x + inner % v.brick_x;
    y = (int)(brick / across % along) * v.brick_y + inner / v.brick_x % v.brick_y;
    z = (int)(brick / across / along) * v.brick_z + inner / v.brick_x / v.brick_y;
    return w < g.words && y < g.ny && z < g.nz;
}

extern "C" __global__ void __launch_bounds__(BLOCK) count_bricks(Level g, Box v, int *counts, long long size)
{
    const long long t = thread();
    if (t >= size) return;
    int z, y, w;
    counts[t] = word_of(g, v, t, z, y, w) ? __popc(g.nodes[word_at(g, z, y, 0) + w].mask) : 0;
}

/* List the places of the nodes in the order of bricks. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    list_places(Level g, Box v, const int *counts, const long long *sums, long long size)
{
    const long long t = thread();
    int z, y, w;
    if (t >= size || !word_of(g, v, t, z, y, w)) return;
    const unsigned mask = g.nodes[word_at(g, z, y, 0) + w].mask;
    const unsigned above = (unsigned)y << g.shift_y | (g.shift_z < 32 ? (unsigned)z << g.shift_z : 0u);
    unsigned *out = g.places + (sums[t] - counts[t]);
    for (int i = 0; i < 32; ++i)
        if ((mask >> i) & 1u) *out++ = above | (unsigned)(32 * w + i);
}

/* Keep the moduli of the elements only. */
extern "C" __global__ void __launch_bounds__(BLOCK) keep_moduli(Level g, Box v, const float *modulus)
{
    const long long t = thread();
    if (t >= (long long)g.nz * g.ny * g.words) return;
    const int w = (int)(t % g.words), y = (int)(t / g.words % g.ny), z = (int)(t / g.words / g.ny);
    const Word word = g.elements[t];
    float *out = g.modulus + (word.base & 0x7fffffffu);
    for (int i = 0; i < 32; ++i)
        if ((word.mask >> i) & 1u) *out++ = modulus[((long long)z * v.ny + y) * v.nx + 32 * w + i];
}

/* The mean modulus of each two by two by two voxels; beyond the border there is nothing. */
extern "C" __global__ void __launch_bounds__(BLOCK) coarsen(Box fine, Box coarse, const float *modulus, float *out)
{
    const long long t = thread();
    if (t >= (long long)coarse.nz * coarse.ny * coarse.nx) return;
    const int x = (int)(t % coarse.nx), y = (int)(t / coarse.nx % coarse.ny), z = (int)(t / coarse.nx / coarse.ny);
    float sum = 0.0f;
    for (int o = 0; o < 8; ++o) {
        const int i = 2 * x + (o & 1), j = 2 * y + ((o >> 1) & 1), k = 2 * z + (o >> 2);
        if (i < fine.nx && j < fine.ny && k < fine.nz) sum += modulus[((long long)k * fine.ny + j) * fine.nx + i];
    }
    out[t] = 0.125f * sum;
}

extern "C" __global__ void __launch_bounds__(BLOCK) weigh(Level g)
{
    const long long t = thread();
    if (t >= g.count) return;
    const Node at = node_of(g, t);
    float e[8], sum = 0.0f;
    all_moduli(g, at, e);
#pragma unroll
    for (int o = 0; o < 8; ++o) sum += e[o];
    g.weight[at.n] = 1.0f / sum;
}

/* Hold the components of coarse nodes that move held fine ones, of which `share` counts. */
extern "C" __global__ void __launch_bounds__(BLOCK) hold_coarse(Level fine, Level coarse, float share)
{
    const long long t = thread();
    if (t >= coarse.count) return;
    const Node at = node_of(coarse, t);
    float all = 0.0f, held[3] = {};
    for (int o = 0; o < 27; ++o) {
        const int z = finer(at.z, o / 9 - 1, fine.nz, coarse.nz, fine.wrap);
        const int y = finer(at.y, o / 3 % 3 - 1, fine.ny, coarse.ny, fine.wrap);
        const int x = finer(at.x, o % 3 - 1, fine.nx, coarse.nx, fine.wrap);
        const int n = z < 0 || y < 0 || x < 0 ? -1 : find(fine, z, y, x);
        if (n < 0) continue;
        const float weight = (o / 9 == 1 ? 1.0f : 0.5f) * (o / 3 % 3 == 1 ? 1.0f : 0.5f) * (o % 3 == 1 ? 1.0f : 0.5f);
        all += weight;
#pragma unroll
        for (int c = 0; c < 3; ++c)
            if ((fine.held[n] >> c) & 1) held[c] += weight;
    }
    unsigned char bits = 0;
#pragma unroll
    for (int c = 0; c < 3; ++c)
        if (held[c] > share * all) bits |= (unsigned char)(1 << c);
    coarse.held[at.n] = bits;
}

/* ---- loads and results ---- */

/* The compact node of each place of the voxel array's own nodes, -1 where there is none. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    locate(Level g, Box v, const long long *numbers, int *out, long long size)
{
    const long long t = thread();
    if (t >= size) return;
    const long long number = numbers[t];
    int x = (int)(number % (v.nx + 1)), y = (int)(number / (v.nx + 1) % (v.ny + 1));
    const long long layer = number / (v.nx + 1) / (v.ny + 1);
    out[t] = -1;
    if (number < 0 || layer > v.nz) return;
    int z = (int)layer;
    if (g.wrap) {
        x %= v.nx;
        y %= v.ny;
        z %= v.nz;
    }
    out[t] = find(g, z, y, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    hold(Level g, const int *nodes, const unsigned char *bits, long long size)
{
    const long long t = thread();
    if (t < size) g.held[nodes[t]] = bits[t];
}

/* out[at] = values, all of `at` different */
extern "C" __global__ void __launch_bounds__(BLOCK)
    put(double *out, const long long *at, const double *values, long long size)
{
    const long long t = thread();
    if (t < size) out[at[t]] = values[t];
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    add(double *out, const long long *at, const double *values, long long size)
{
    const long long t = thread();
    if (t < size) out[at[t]] += values[t];
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    take(const double *from, const long long *at, double *out, long long size)
{
    const long long t = thread();
    if (t < size) out[t] = from[at[t]];
}

/* r = -q - the forces of the mean strain, zero where held unless `everywhere`; `mean` are those of a unit element,
   [corner][component]. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    oppose(Level g, Stiffness mean, const double *q, double *r, int everywhere)
{
    const long long t = thread();
    if (t >= g.count) return;
    const Node at = node_of(g, t);
    float e[8];
    all_moduli(g, at, e);
#pragma unroll
    for (int c = 0; c < 3; ++c) {
        const long long i = (long long)c * g.stride + at.n;
        double force = 0.0;
#pragma unroll
        for (int o = 0; o < 8; ++o) force += (double)e[o] * mean.k[(7 - o) * 3 + c];
        r[i] = !everywhere && ((g.held[at.n] >> c) & 1) ? 0.0 : -q[i] - force;
    }
}

/* The strain energy of x beyond the mean strain, q = K x; `own`: that of the mean strain in a unit element. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    strain_energy(Level g, Stiffness mean, double own, const double *x, const double *q, Sums sums)
{
    const long long t = thread();
    double energy = 0.0, none = 0.0;
    if (t < g.count) {
        const Node at = node_of(g, t);
        float e[8];
        all_moduli(g, at, e);
#pragma unroll
        for (int c = 0; c < 3; ++c) {
            const long long i = (long long)c * g.stride + at.n;
            double force = 0.5 * q[i];
#pragma unroll
            for (int o = 0; o < 8; ++o) force += (double)e[o] * mean.k[(7 - o) * 3 + c];
            energy += x[i] * force;
        }
#pragma unroll
        for (int o = 0; o < 8; ++o) energy += 0.125 * own * (double)e[o]; /* an eighth of each element */
    }
    if (total(sums, energy, none)) sums.state->energy = energy;
}

/* Sum the squares of a bound of the summands of each force. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    summands(Level g, Stiffness mean, double entry, const double *x, Sums sums)
{
    const long long t = thread();
    double squares = 0.0, none = 0.0;
    if (t < g.count) {
        const Node at = node_of(g, t);
        float e[8];
        all_moduli(g, at, e);
#pragma unroll
        for (int c = 0; c < 3; ++c) {
            const double u = x[(long long)c * g.stride + at.n];
            double size = 0.0;
#pragma unroll
            for (int o = 0; o < 8; ++o) {
                const double m = mean.k[(7 - o) * 3 + c];
                size += (double)e[o] * ((m < 0.0 ? -m : m) + entry * (u < 0.0 ? -u : u));
            }
            squares += size * size;
        }
    }
    if (total(sums, squares, none)) sums.state->squares = squares;
}

/* b = factor r, with r . r */
extern "C" __global__ void __launch_bounds__(BLOCK)
    measure(const double *r, float *b, double factor, Sums sums, long long size)
{
    double squares = 0.0, none = 0.0;
    for (long long t = thread(); t < size; t += (long long)gridDim.x * BLOCK) {
        squares += r[t] * r[t];
        b[t] = (float)(factor * r[t]);
    }
    if (total(sums, squares, none)) sums.state->squares = squares;
}

/* Numbers of the nodes of a level that is not periodic, and the displacements at them in another that may be. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    collect(Level box, Level g, const double *x, long long *numbers, double *out)
{
    const long long t = thread();
    if (t >= box.count) return;
    const Node at = node_of(box, t);
    const int own = at.n - FIRST;
    numbers[own] = ((long long)at.z * box.ny + at.y) * box.nx + at.x;
    const int n = find(g, at.z % g.nz, at.y % g.ny, at.x % g.nx);
#pragma unroll
    for (int c = 0; c < 3; ++c) out[(long long)c * box.count + own] = x[(long long)c * g.stride + n];
}
