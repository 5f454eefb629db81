/* Building a level. */

struct Box { /* voxels of a level, and the bricks in which its nodes are taken: rows in z and y, Words in x */
    int nz, ny, nx, brick_z, brick_y, brick_x;
};

__device__ bool filled(const float *modulus, const Box &v, int z, int y, int x)
{
    return x < v.nx && modulus[((long long)z * v.ny + y) * v.nx + x] > 0.0f;
}

/* Mark the elements, one thread to a Word; count them. */
extern "C" __global__ void __launch_bounds__(BLOCK) mark_elements(Level g, Box v, const float *modulus, int *counts)
{
    const long long t = thread();
    if (t >= (long long)g.nz * g.ny * g.words) return;
    const int w = (int)(t % g.words), y = (int)(t / g.words % g.ny), z = (int)(t / g.words / g.ny);
    Word word = {0, 0};
    if (z < v.nz && y < v.ny) {
#pragma unroll 4
        for (int i = 0; i < 32; ++i)
            if (filled(modulus, v, z, y, 32 * w + i)) word.mask |= 1u << i;
        if (w ? filled(modulus, v, z, y, 32 * w - 1) : g.wrap && filled(modulus, v, z, y, v.nx - 1))
            word.base = 0x80000000u;
    }
    g.elements[t] = word;
    counts[t] = __popc(word.mask);
}

/* Mark the nodes of the marked elements; count them. */
extern "C" __global__ void __launch_bounds__(BLOCK) mark_nodes(Level g, int *counts)
{
    const long long t = thread();
    if (t >= (long long)g.nz * g.ny * g.words) return;
    const int w = (int)(t % g.words), y = (int)(t / g.words % g.ny), z = (int)(t / g.words / g.ny);
    Word word = {0, 0};
    for (int side = 0; side < 4; ++side) {
        const int j = y - (side & 1), k = z - (side >> 1);
        if (!g.wrap && (j < 0 || k < 0)) continue;
        const Word found = g.elements[word_at(g, around(k, g.nz), around(j, g.ny), 0) + w];
        word.mask |= found.mask | found.mask << 1 | found.base >> 31;
    }
    if (g.nx - 32 * w < 32) word.mask &= (1u << (g.nx - 32 * w)) - 1u;
    g.nodes[t] = word;
    counts[t] = __popc(word.mask);
}

/* Complete marked Words with the number of what lies before them, counted from `first`. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    number(Word *words, const int *counts, const long long *sums, int first, long long size)
{
    const long long t = thread();
    if (t < size) words[t].base |= (unsigned)(first + sums[t] - counts[t]);
}

/* The Word that is t-th in the order of bricks; false beyond the box. */
__device__ bool word_of(const Level &g, const Box &v, long long t, int &z, int &y, int &w)
{
    const int inner = (int)(t % (v.brick_z * v.brick_y * v.brick_x));
    const long long brick = t / (v.brick_z * v.brick_y * v.brick_x);
    const int across = (g.words + v.brick_x - 1) / v.brick_x, along = (g.ny + v.brick_y - 1) / v.brick_y;
    w = (int)(brick % across) * v.brick_x + inner % v.brick_x;
    y = (int)(brick / across % along) * v.brick_y + inner / v.brick_x % v.brick_y;
    z = (int)(brick / across / along) * v.brick_z + inner / v.brick_x / v.brick_y;
    return w < g.words && y < g.ny && z < g.nz;
}

extern "C" __global__ void __launch_bounds__(BLOCK) count_bricks(Level g, Box v, int *counts, long long size)
{
    const long long t = thread();
    if (t >= size) return;
    int z, y, w;
    counts[t] = word_of(g, v, t, z, y, w) ? __popc(g.nodes[word_at(g, z, y, 0) + w].mask) : 0;
}

/* List the places of the nodes in the order of bricks. */
extern "C" __global__ void __launch_bounds__(BLOCK)
    list_places(Level g, Box v, const int *counts, const long long *sums, long long size)
{
    const long long t = thread();
    int z, y, w;
    if (t >= size || !word_of(g, v, t, z, y, w)) return;
    const unsigned mask = g.nodes[word_at(g, z, y, 0) + w].mask;
    const unsigned above = (unsigned)y << g.shift_y | (g.shift_z < 32 ? (unsigned)z << g.shift_z : 0u);
    unsigned *out = g.places + (sums[t] - counts[t]);
    for (int i = 0; i < 32; ++i)
        if ((mask >> i) & 1u) *out++ = above | (unsigned)(32 * w + i);
}

/* Keep the moduli of the elements only. */
extern "C" __global__ void __launch_bounds__(BLOCK) keep_moduli(Level g, Box v, const float *modulus)
{
    const long long t = thread();
    if (t >= (long long)g.nz * g.ny * g.words) return;
    const int w = (int)(t % g.words), y = (int)(t / g.words % g.ny), z = (int)(t / g.words / g.ny);
    const Word word = g.elements[t];
    float *out = g.modulus + (word.base & 0x7fffffffu);
    for (int i = 0; i < 32; ++i)
        if ((word.mask >> i) & 1u) *out++ = modulus[((long long)z * v.ny + y) * v.nx + 32 * w + i];
}

/* The mean modulus of each two by two by two voxels; beyond the border there is nothing. */
extern "C" __global__ void __launch_bounds__(BLOCK) coarsen(Box fine, Box coarse, const float *modulus, float *out)
{
    const long long t = thread();
    if (t >= (long long)coarse.nz * coarse.ny * coarse.nx) return;
    const int x = (int)(t % coarse.nx), y = (int)(t / coarse.nx % coarse.ny), z = (int)(t / coarse.nx / coarse.ny);
    float sum = 0.0f;
    for (int o = 0; o < 8; ++o) {
        const int i = 2 * x + (o & 1), j = 2 * y + ((o >> 1) & 1), k = 2 * z + (o >> 2);
        if (i < fine.nx && j < fine.ny && k < fine.nz) sum += modulus[((long long)k * fine.ny + j) * fine.nx + i];
    }
    out[t] = 0.125f * sum;
}

extern "C" __global__ void __launch_bounds__(BLOCK) weigh(Level g)
{
    const long long t = thread();
    if (t >= g.count) return;
    const Node at = node_of(g, t);
    float e[8], sum = 0.0f;
    all_moduli(g, at, e);
#pragma unroll
    for (int o = 0; o < 8; ++o) sum += e[o];
    g.weight[at.n] = 1.0f / sum;
}

/* Hold the components of coarse nodes that move held fine ones, of which `share` counts. */
extern "C" __global__ void __launch_bounds__(BLOCK) hold_coarse(Level fine, Level coarse, float share)
{
    const long long t = thread();
    if (t >= coarse.count) return;
    const Node at = node_of(coarse, t);
    float all = 0.0f, held[3] = {};
    for (int o = 0; o < 27; ++o) {
        const int z = finer(at.z, o / 9 - 1, fine.nz, coarse.nz, fine.wrap);
        const int y = finer(at.y, o / 3 % 3 - 1, fine.ny, coarse.ny, fine.wrap);
        const int x = finer(at.x, o % 3 - 1, fine.nx, coarse.nx, fine.wrap);
        const int n = z < 0 || y < 0 || x < 0 ? -1 : find(fine, z, y, x);
        if (n < 0) continue;
        const float weight = (o / 9 == 1 ? 1.0f : 0.5f) * (o / 3 % 3 == 1 ? 1.0f : 0.5f) * (o % 3 == 1 ? 1.0f : 0.5f);
        all += weight;
#pragma unroll
        for (int c = 0; c < 3; ++c)
            if ((fine.held[n] >> c) & 1) held[c] += weight;
    }
    unsigned char bits = 0;
#pragma unroll
    for (int c = 0; c < 3; ++c)
        if (held[c] > share * all) bits |= (unsigned char)(1 << c);
    coarse.held[at.n] = bits;
}
