/* Loads and results. */

/* The compact node of a place of the voxel array's own nodes, -1 where there is none. */
__device__ int located(const Level &g, const Box &v, long long number)
{
    int x = (int)(number % (v.nx + 1)), y = (int)(number / (v.nx + 1) % (v.ny + 1));
    const long long layer = number / (v.nx + 1) / (v.ny + 1);
    if (number < 0 || layer > v.nz) return -1;
    int z = (int)layer;
    if (g.wrap) {
        x %= v.nx;
        y %= v.ny;
        z %= v.nz;
    }
    return find(g, z, y, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    locate(Level g, Box v, const long long *numbers, int *out, long long size)
{
    const long long t = thread();
    if (t < size) out[t] = located(g, v, numbers[t]);
}

/* Write displacements (3, size), known at nodes of the voxel array, to the nodes that are there. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    begin_from(Level g, Box v, const long long *numbers, const double *known, double *out, long long stride,
               long long size)
{
    const long long t = thread();
    if (t >= size) return;
    const int node = located(g, v, numbers[t]);
    if (node < 0) return;
    for (int c = 0; c < 3; ++c) out[c * stride + node] = known[c * size + t];
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
