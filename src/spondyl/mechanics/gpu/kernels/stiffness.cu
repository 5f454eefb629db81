/* The stiffness of a node's eight elements. */

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
