/* Vectors. */

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
