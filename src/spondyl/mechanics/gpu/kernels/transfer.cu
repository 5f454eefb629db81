/* Between levels. */

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
