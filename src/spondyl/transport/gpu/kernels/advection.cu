/* One stage of advection, one thread a voxel; the arithmetic of reference/migration.py on concentrations. */

__device__ double half_slope(double a, double b)
{
    const double product = a * b;
    return product > 0.0 ? product / (a + b) : 0.0;
}

/* What passes the upper face of a voxel in a day; place of count along the axis. */
__device__ double swept_through(const double *c, const double *share, const double *u, long long at, long long step,
                                long long place, long long count, double full)
{
    const double swept = u[at];
    if (swept == 0.0) return 0.0;
    const double here = c[at], there = c[at + step], gap = there - here;
    double other = 0.0;
    if (swept > 0.0) {
        if (place > 0 && share[at - step] > 0.0) other = here - c[at - step];
        return swept * (here + half_slope(gap, other)) * larger(0.0, 1.0 - there * full);
    }
    if (place + 2 < count && share[at + 2 * step] > 0.0) other = c[at + 2 * step] - there;
    return swept * (there - half_slope(gap, other)) * larger(0.0, 1.0 - here * full);
}

/* Write concentrations after one stage to out; with base, the mean of both. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    advect(const double *c, const double *base, double *out, const double *share, const double *u, double full,
           double days, long long nz, long long ny, long long nx, int second)
{
    const long long at = thread(), size = nz * ny * nx, row = nx, plane = ny * nx;
    if (at >= size) return;
    const long long i = at % nx, j = at / nx % ny, k = at / plane;
    const double *uy = u + size, *ux = uy + size;
    double came = -swept_through(c, share, u, at, plane, k, nz, full);
    came -= swept_through(c, share, uy, at, row, j, ny, full);
    came -= swept_through(c, share, ux, at, 1, i, nx, full);
    if (k > 0) came += swept_through(c, share, u, at - plane, plane, k - 1, nz, full);
    if (j > 0) came += swept_through(c, share, uy, at - row, row, j - 1, ny, full);
    if (i > 0) came += swept_through(c, share, ux, at - 1, 1, i - 1, nx, full);
    const double now = share[at] > 0.0 ? larger(c[at] + days * came / share[at], 0.0) : 0.0;
    out[at] = second ? 0.5 * (base[at] + now) : now;
}
