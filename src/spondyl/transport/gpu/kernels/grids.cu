/* The multigrid solver on grids with a border of one voxel that holds zeros; the loops of cpu/grids.py. */

struct Shape {
    long long nz, ny, nx;
};

template <class T> struct Level {
    T *gz, *gy, *gx, *inverse, *diagonal, *reaction;
};

__device__ long long inside(const Shape &s, long long t)
{
    const long long i = t % s.nx, j = t / s.nx % s.ny, k = t / (s.nx * s.ny);
    return ((k + 1) * (s.ny + 2) + j + 1) * (s.nx + 2) + i + 1;
}

template <class T> __device__ T neighbours(const Level<T> &l, const Shape &s, const T *x, long long at)
{
    const long long row = s.nx + 2, plane = row * (s.ny + 2);
    T sum = l.gz[at - plane] * x[at - plane] + l.gz[at] * x[at + plane];
    sum += l.gy[at - row] * x[at - row] + l.gy[at] * x[at + row];
    return sum + (l.gx[at - 1] * x[at - 1] + l.gx[at] * x[at + 1]);
}

template <class T> __device__ void settle_one(const Level<T> &l, const Shape &s, long long t)
{
    const long long at = inside(s, t), row = s.nx + 2, plane = row * (s.ny + 2);
    const T sides = l.gz[at - plane] + l.gz[at] + l.gy[at - row] + l.gy[at] + l.gx[at - 1] + l.gx[at];
    l.diagonal[at] = l.reaction[at] + sides;
    l.inverse[at] = l.diagonal[at] > T(0) ? T(1) / l.diagonal[at] : T(0);
}

extern "C" __global__ void __launch_bounds__(BLOCK) settle(Level<float> l, Shape s)
{
    if (thread() < s.nz * s.ny * s.nx) settle_one(l, s, thread());
}

extern "C" __global__ void __launch_bounds__(BLOCK) settle_double(Level<double> l, Shape s)
{
    if (thread() < s.nz * s.ny * s.nx) settle_one(l, s, thread());
}

/* z = keep z + pull (inverse (b + neighbours) - x), out = x + z; at the start x is taken for zero. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    smooth(Level<float> l, Shape s, const float *b, const float *x, float *z, float *out, float keep, float pull,
           int start)
{
    if (thread() >= s.nz * s.ny * s.nx) return;
    const long long at = inside(s, thread());
    const float old = start ? 0.0f : x[at], more = start ? 0.0f : neighbours(l, s, x, at);
    const float step = (start ? 0.0f : keep * z[at]) + pull * (l.inverse[at] * (b[at] + more) - old);
    z[at] = step;
    out[at] = old + step;
}

/* One thread for each coarse voxel: what is left of b over the fine ones that it is made of. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    restrict_to(Level<float> l, Shape s, const float *b, const float *x, Shape c, float *coarse)
{
    const long long t = thread();
    if (t >= c.nz * c.ny * c.nx) return;
    const long long i = t % c.nx, j = t / c.nx % c.ny, k = t / (c.nx * c.ny);
    float sum = 0.0f;
    for (int corner = 0; corner < 8; ++corner) {
        const long long z = 2 * k + corner / 4, y = 2 * j + corner / 2 % 2, w = 2 * i + corner % 2;
        if (z >= s.nz || y >= s.ny || w >= s.nx) continue;
        const long long at = inside(s, (z * s.ny + y) * s.nx + w);
        sum += neighbours(l, s, x, at) + b[at] - l.diagonal[at] * x[at];
    }
    coarse[inside(c, t)] = sum;
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    prolong(Level<float> l, Shape s, float *x, Shape c, const float *coarse)
{
    const long long t = thread();
    if (t >= s.nz * s.ny * s.nx) return;
    const long long i = t % s.nx, j = t / s.nx % s.ny, k = t / (s.nx * s.ny), at = inside(s, t);
    if (l.inverse[at] > 0.0f) x[at] += coarse[inside(c, (k / 2 * c.ny + j / 2) * c.nx + i / 2)];
}

/* Twice the distance halves what passes the faces that blocks share. */
extern "C" __global__ void __launch_bounds__(BLOCK) merge(Level<float> l, Shape s, Level<float> to, Shape c)
{
    const long long t = thread();
    if (t >= c.nz * c.ny * c.nx) return;
    const long long i = t % c.nx, j = t / c.nx % c.ny, k = t / (c.nx * c.ny), into = inside(c, t);
    double gz = 0.0, gy = 0.0, gx = 0.0, reaction = 0.0;
    for (int corner = 0; corner < 8; ++corner) {
        const long long z = 2 * k + corner / 4, y = 2 * j + corner / 2 % 2, w = 2 * i + corner % 2;
        if (z >= s.nz || y >= s.ny || w >= s.nx) continue;
        const long long at = inside(s, (z * s.ny + y) * s.nx + w);
        if (corner / 4) gz += l.gz[at];
        if (corner / 2 % 2) gy += l.gy[at];
        if (corner % 2) gx += l.gx[at];
        reaction += l.reaction[at];
    }
    to.gz[into] = (float)(0.5 * gz);
    to.gy[into] = (float)(0.5 * gy);
    to.gx[into] = (float)(0.5 * gx);
    to.reaction[into] = (float)reaction;
}

/* q = A p, with p . q */
extern "C" __global__ void __launch_bounds__(BLOCK)
    product(Level<double> l, Shape s, const double *p, double *q, double *sums)
{
    double energy = 0.0;
    const long long count = s.nz * s.ny * s.nx;
    for (long long t = thread(); t < count; t += (long long)gridDim.x * BLOCK) {
        const long long at = inside(s, t);
        q[at] = l.diagonal[at] * p[at] - neighbours(l, s, p, at);
        energy += p[at] * q[at];
    }
    block_sums(energy, 0.0, sums);
}

/* p = z + beta p */
extern "C" __global__ void __launch_bounds__(BLOCK) follow(double *p, const float *z, double beta, long long size)
{
    const long long at = thread();
    if (at < size) p[at] = (double)z[at] + beta * p[at];
}

/* x += alpha p, r -= alpha q, load = scale r, with r . r */
extern "C" __global__ void __launch_bounds__(BLOCK)
    advance(double alpha, const double *p, const double *q, double *x, double *r, float *load, double scale,
            double *sums, long long size)
{
    double squares = 0.0;
    for (long long at = thread(); at < size; at += (long long)gridDim.x * BLOCK) {
        x[at] += alpha * p[at];
        r[at] -= alpha * q[at];
        load[at] = (float)(scale * r[at]);
        squares += r[at] * r[at];
    }
    block_sums(squares, 0.0, sums);
}

/* z . r and z . q */
extern "C" __global__ void __launch_bounds__(BLOCK)
    compare(const float *z, const double *r, const double *q, double *sums, long long size)
{
    double down = 0.0, turned = 0.0;
    for (long long at = thread(); at < size; at += (long long)gridDim.x * BLOCK) {
        down += z[at] * r[at];
        turned += z[at] * q[at];
    }
    block_sums(down, turned, sums);
}
