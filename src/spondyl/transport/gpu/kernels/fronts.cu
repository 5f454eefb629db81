/* The one-sided gradient of a voxel, one thread a voxel; the arithmetic of reference/fronts.py. */

__device__ double steeper(const double *share, const unsigned char *open, long long at, long long step,
                          long long place, long long count, double sign)
{
    double rise = 0.0;
    if (place > 0 && open[at - step]) rise = larger(rise, sign * (share[at - step] - share[at]));
    if (place + 1 < count && open[at + step]) rise = larger(rise, sign * (share[at + step] - share[at]));
    return rise;
}

extern "C" __global__ void __launch_bounds__(BLOCK)
    steepness(const double *share, const unsigned char *open, double *out, double per_z, double per_y, double per_x,
              double sign, long long nz, long long ny, long long nx)
{
    const long long at = thread(), row = nx, plane = ny * nx;
    if (at >= nz * plane) return;
    const long long i = at % nx, j = at / nx % ny, k = at / plane;
    double z = 0.0, y = 0.0, x = 0.0;
    if (open[at]) {
        z = per_z * steeper(share, open, at, plane, k, nz, sign);
        y = per_y * steeper(share, open, at, row, j, ny, sign);
        x = per_x * steeper(share, open, at, 1, i, nx, sign);
    }
    out[at] = sqrt(z * z + y * y + x * x);
}
