/* Finding nodes and elements. */

__device__ long long thread()
{
    return (long long)blockIdx.x * BLOCK + threadIdx.x;
}

__device__ int word_at(const Level &g, int z, int y, int x)
{
    return (z * g.ny + y) * g.words + (x >> 5);
}

__device__ unsigned places_before(int x)
{
    return (1u << (x & 31)) - 1u;
}

__device__ int number_in(const Word &word, unsigned before)
{
    return (int)(word.base & 0x7fffffffu) + __popc(word.mask & before);
}

/* The number of a node that is known to exist. */
__device__ int rank(const Level &g, int z, int y, int x)
{
    return number_in(g.nodes[word_at(g, z, y, x)], places_before(x));
}

/* The node at a place inside the box, -1 where there is none. */
__device__ int find(const Level &g, int z, int y, int x)
{
    const Word word = g.nodes[word_at(g, z, y, x)];
    return (word.mask >> (x & 31)) & 1u ? number_in(word, places_before(x)) : -1;
}

__device__ int around(int i, int n)
{
    return i < 0 ? i + n : i >= n ? i - n : i;
}

__device__ Node node_of(const Level &g, long long t)
{
    const unsigned place = g.places[t];
    Node at;
    at.x = (int)(place & ((1u << g.shift_y) - 1u));
    at.y = (int)((place >> g.shift_y) & ((1u << (g.shift_z - g.shift_y)) - 1u));
    at.z = g.shift_z < 32 ? (int)(place >> g.shift_z) : 0;
    at.word = word_at(g, at.z, at.y, at.x);
    at.before = places_before(at.x);
    at.n = number_in(g.nodes[at.word], at.before);
    return at;
}

/* Words from a node's row to its neighbour row (d = -1, 0, 1); of i of n rows, `step` Words apart. */
__device__ int to_row(int i, int n, int d, int step)
{
    if (d < 0) return i == 0 ? (n - 1) * step : -step;
    if (d > 0) return i == n - 1 ? (1 - n) * step : step;
    return 0;
}

/* Moduli of the eight elements at a node, zero where there is none. Elements are numbered by bits: 0: beyond the
   node in x, 1: in y, 2: in z. Returns the bits of those that exist. */
template <bool WRAP> __device__ unsigned moduli(const Level &g, const Node &at, float *e)
{
    const int bit = at.x & 31;
    unsigned exist = 0;
#pragma unroll
    for (int side = 0; side < 4; ++side) {
        const bool inside = WRAP || ((side & 1 || at.y > 0) && (side >> 1 || at.z > 0));
        const int across = side & 1 ? 0 : to_row(at.y, g.ny, -1, g.words);
        const int up = side >> 1 ? 0 : to_row(at.z, g.nz, -1, g.ny * g.words);
        const Word word = g.elements[inside ? at.word + across + up : at.word];
        const int n = number_in(word, at.before);
        const bool beyond = inside && ((word.mask >> bit) & 1u);
        const bool short_of = inside && ((__funnelshift_l(word.base, word.mask, 1) >> bit) & 1u);
        int m = n - 1;
        if (WRAP && at.x == 0) /* the last of the row */
            m = number_in(g.elements[at.word + across + up + g.words - 1], places_before(g.nx - 1));
        e[2 * side + 1] = beyond ? g.modulus[n] : 0.0f;
        e[2 * side] = short_of ? g.modulus[m] : 0.0f;
        exist |= (unsigned)beyond << (2 * side + 1) | (unsigned)short_of << (2 * side);
    }
    return exist;
}
