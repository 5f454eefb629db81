/* Transport on a CUDA device. Plain CUDA C++ without headers: compiled at run time, by nvcc, or, with macros in
   place of the CUDA keywords, by any C++ compiler.

   Every number is written by one thread, so that no result depends on the order in which blocks run. */

#define BLOCK 256

__device__ long long thread()
{
    return (long long)blockIdx.x * BLOCK + threadIdx.x;
}

__device__ double larger(double a, double b)
{
    return a > b ? a : b;
}

__device__ double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* Sum a and b over the block, always in the same order; all threads must call it. Thread 0 writes them. */
__device__ void block_sums(double a, double b, double *sums)
{
    __shared__ double part[2][BLOCK];
    const int t = (int)threadIdx.x;
    part[0][t] = a;
    part[1][t] = b;
    for (int half = BLOCK / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) {
            part[0][t] += part[0][t + half];
            part[1][t] += part[1][t + half];
        }
    }
    if (t == 0) {
        sums[2LL * blockIdx.x] = part[0][0];
        sums[2LL * blockIdx.x + 1] = part[1][0];
    }
}
