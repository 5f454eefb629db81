/* Sums that are the same at every run. */

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
