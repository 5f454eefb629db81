/* Smoothing, residual, product. Nodes wait for their neighbours' values, which many blocks at a time hide better
   than many registers a thread: RESIDENT where nothing spills, 2 in double precision. */

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

extern "C" __global__ void __launch_bounds__(BLOCK, RESIDENT) smooth(Level g, Step s)
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

extern "C" __global__ void __launch_bounds__(BLOCK, RESIDENT)
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

extern "C" __global__ void __launch_bounds__(BLOCK, 2)
    product_double(Level g, Stiffness s, const double *p, double *q, Sums sums, int everywhere)
{
    product_node(g, s.k, p, q, sums, everywhere);
}
