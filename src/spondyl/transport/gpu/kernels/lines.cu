/* Implicit steps along lines of voxels, one thread a line; the arithmetic of reference/lines.py. */

struct Line {
    long long side, rows, step, apart, block; /* lines of a block; voxels of a line; distances between them */
    long long size, lines;                    /* voxels of a field; lines of a field */
};

struct Rates {
    const double *share, *d, *decay, *source, *held; /* the last two may be null */
    double weight, before, after;                    /* days over squared spacing; days of reactions */
    long long d_step, decay_step;                    /* 1 where they vary from voxel to voxel, 0 where not */
};

__device__ double capacity(const Rates &r, long long at)
{
    return r.share[at] > 0.0 ? r.share[at] : 1.0;
}

__device__ bool still(const Rates &r, long long base, long long at)
{
    return r.held && r.held[base + at] > 0.0;
}

/* What passes from a voxel to the next one in the days of the step, per unit of their difference. */
__device__ double face(const Rates &r, const double *d, long long at, long long next)
{
    const double narrow = smaller(r.share[at], r.share[next]);
    const double a = d[at * r.d_step], b = d[next * r.d_step], both = a + b;
    return r.weight * narrow * (2.0 * a * b / (both > 0.0 ? both : 1.0));
}

__device__ void react(double *n, const Rates &r, const double *decay, long long base, long long begin, const Line &l,
                      double half, double &came, double &went)
{
    for (long long i = 0; i < l.rows; ++i) {
        const long long at = begin + i * l.step;
        if (still(r, base, at)) continue;
        const double x = half * decay[at * r.decay_step], more = r.source ? half * r.source[base + at] : 0.0;
        const double left = (n[at] + more * (1.0 + 0.5 * x)) / (1.0 + x + 0.5 * x * x);
        came += more;
        went += n[at] + more - left;
        n[at] = left;
    }
}

/* Write the amounts that an implicit step leaves of n to out; nothing is ever subtracted. */
__device__ void solve(const double *n, double *out, double *passed, const Rates &r, const double *d, long long base,
                      long long begin, const Line &l, double scale)
{
    double low = 0.0, ratio = 0.0, last = 0.0;
    for (long long i = 0; i < l.rows; ++i) {
        const long long at = begin + i * l.step;
        const double high = i + 1 < l.rows ? scale * face(r, d, at, at + l.step) : 0.0;
        const double room = capacity(r, at), rest = room + low * ratio, pivot = 1.0 / (rest + high);
        const double amount = n[at] + low * last;
        const bool kept = still(r, base, at);
        last = kept ? n[at] / room : amount * pivot;
        ratio = kept ? 1.0 : rest * pivot;
        passed[at] = kept ? 0.0 : high * pivot;
        out[at] = last;
        low = high;
    }
    double c = 0.0;
    for (long long i = l.rows - 1; i >= 0; --i) {
        const long long at = begin + i * l.step;
        c = out[at] + passed[at] * c;
        out[at] = capacity(r, at) * c;
    }
}

/* Add to flux what amounts n let pass the upper face of each voxel. */
__device__ void add_fluxes(const double *n, double *flux, const Rates &r, const double *d, long long begin,
                           const Line &l, double scale)
{
    for (long long i = 0; i + 1 < l.rows; ++i) {
        const long long at = begin + i * l.step, up = at + l.step;
        flux[at] += scale * face(r, d, at, up) * (n[at] / capacity(r, at) - n[up] / capacity(r, up));
    }
}

/* Scale the fluxes so that no voxel gives more than it has, and let them pass. */
__device__ void limit(double *extra, double *n, double *scale, const Rates &r, long long base, long long begin,
                      const Line &l)
{
    for (long long i = 0; i < l.rows; ++i) {
        const long long at = begin + i * l.step;
        const double below = i > 0 ? extra[at - l.step] : 0.0;
        const double leaving = larger(extra[at], 0.0) + larger(-below, 0.0);
        scale[at] = leaving > n[at] && !still(r, base, at) ? n[at] / leaving : 1.0;
    }
    for (long long i = 0; i + 1 < l.rows; ++i) {
        const long long at = begin + i * l.step;
        extra[at] *= extra[at] > 0.0 ? scale[at] : scale[at + l.step];
    }
    for (long long i = 0; i < l.rows; ++i) {
        const long long at = begin + i * l.step;
        const double below = i > 0 ? extra[at - l.step] : 0.0;
        if (!still(r, base, at)) n[at] = larger(n[at] - extra[at] + below, 0.0);
    }
}

/* Step along all lines of all fields. work: one array for order 1 with nothing held, else five, as long as n. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    step_lines(double *n, double *work, Rates r, Line l, double *sums, long long k, int order)
{
    const long long t = thread();
    if (t >= k * l.lines) return;
    const long long field = t / l.lines, line = t % l.lines, base = field * l.size, all = k * l.size;
    const long long begin = line / l.side * l.block + line % l.side * l.apart;
    double came = 0.0, went = 0.0, given = 0.0;
    double *mine = n + base, *passed = work + base;
    const double *d = r.d + (r.d_step ? base : field), *decay = r.decay + (r.decay_step ? base : field);
    if (r.before > 0.0) react(mine, r, decay, base, begin, l, r.before, came, went);
    double *flux = passed + all, *extra = flux + all, *whole = extra + all, *scale = whole + all;
    if (order > 1 || r.held)
        for (long long i = 0; i < l.rows; ++i) flux[begin + i * l.step] = extra[begin + i * l.step] = 0.0;
    if (order == 1) {
        solve(mine, mine, passed, r, d, base, begin, l, 1.0);
        if (r.held) add_fluxes(mine, flux, r, d, begin, l, 1.0);
    } else {
        solve(mine, whole, passed, r, d, base, begin, l, 1.0);
        add_fluxes(whole, extra, r, d, begin, l, -1.0);
        for (int half = 0; half < 2; ++half) {
            solve(mine, mine, passed, r, d, base, begin, l, 0.5);
            add_fluxes(mine, flux, r, d, begin, l, 0.5);
        }
        for (long long i = 0; i < l.rows; ++i) extra[begin + i * l.step] += flux[begin + i * l.step];
        limit(extra, mine, scale, r, base, begin, l);
        for (long long i = 0; i < l.rows; ++i) flux[begin + i * l.step] += extra[begin + i * l.step];
    }
    if (r.held)
        for (long long i = 0; i < l.rows; ++i) {
            const long long at = begin + i * l.step;
            if (still(r, base, at)) given += flux[at] - (i > 0 ? flux[at - l.step] : 0.0);
        }
    if (r.after > 0.0) react(mine, r, decay, base, begin, l, r.after, came, went);
    sums[3 * t] = came;
    sums[3 * t + 1] = went;
    sums[3 * t + 2] = given;
}
