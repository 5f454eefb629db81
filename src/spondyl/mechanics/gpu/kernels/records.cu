/* Voxel finite elements on a CUDA device. Plain CUDA C++ without headers: compiled at run time, by nvcc, or, with
   macros in place of the CUDA keywords, by any C++ compiler.

   Nodes that belong to an element are numbered x fastest, then y, then z, without the empty space, so that the
   neighbour in x is the next number; component c of node n lies at c * stride + n. Which places of the box hold a node is a bit each; 32 places along x and the
   number of nodes before them are one Word, so that any node is found by one load and a count of bits. Elements
   are found in the same way. In a periodic model (wrap) the box of nodes is closed: the far face is the near one
   and is not stored.

   Every kernel that writes a node is one thread per node and collects what it needs (gather), so that no two
   threads add to one number and no result depends on the order in which blocks run. Threads take the nodes brick
   by brick of the box, whose values they share in the cache. Sums over all nodes are taken within blocks first,
   then by the last block over all blocks in their order: the same bits at every run. */

#define BLOCK 256
#define RESIDENT 4 /* blocks at a time on a multiprocessor */
#define FIRST 32 /* number of the first node: before it and behind the last each component has a zero */
#define SHARE 16 /* threads that finish a sum; its square is BLOCK */

struct alignas(8) Word {
    unsigned mask, base; /* places filled; number of those before, and in the top bit whether x - 1 is filled */
};

struct Level {
    Word *nodes, *elements;
    float *modulus;          /* of each element, MPa */
    unsigned *places;        /* of each node in its box, brick by brick */
    float *weight;           /* one over the sum of the moduli at each node */
    unsigned char *held;     /* bit c: component c is prescribed */
    float stiffness[72];     /* of a unit element: rows of corner 0, [component][corner * 3 + component] */
    float inverse[3];        /* one over the diagonal entry of each component */
    int nx, ny, nz, words;   /* places of nodes along each axis; Words along x */
    int count, stride, shift_y, shift_z, wrap;
};

struct Stiffness {
    double k[72];
};

struct State { /* of one run of conjugate gradients */
    double down, energy, squares, along, alpha, beta, live, spare;
};

struct Sums { /* working memory of sums over all blocks */
    double *part;
    unsigned *ticket;
    State *state;
};

struct Node {
    int x, y, z, n;      /* place and number */
    int word;            /* its Word, and which places of a Word come before it */
    unsigned before;
};
