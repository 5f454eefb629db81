// Runs CUDA kernels on the processor, one thread after the other, so that their arithmetic, their indices and
// their barriers can be tested without a device. Nothing here is fast.
//
// A thread that reaches a barrier is set aside until all threads of its block have reached it. Blocks and threads
// run in an order that the caller chooses: kernels whose result depends on it are wrong on a device too.
#pragma once
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <tuple>
#include <type_traits>
#include <ucontext.h>
#include <utility>
#include <vector>

using std::sqrt;

#define __global__
#define __device__ inline
#define __shared__ static
#define __launch_bounds__(...)

namespace emulation {

struct Dim {
    unsigned x;
};

struct Fiber {
    ucontext_t begin;
    jmp_buf at;
    std::vector<char> stack;
    bool begun = false;
};

inline Dim thread_index, block_index, grid_size;
inline jmp_buf scheduler;
inline ucontext_t home;
inline std::vector<Fiber *> idle;
inline std::vector<std::pair<Fiber *, unsigned>> waiting;
inline Fiber *current;
inline std::function<void()> body;
inline unsigned next_thread, block_size;
inline bool backwards;

[[noreturn]] inline void yield()
{
    _longjmp(scheduler, 1);
}

inline void barrier()
{
    waiting.emplace_back(current, thread_index.x);
    if (_setjmp(current->at) == 0) yield();
}

// What a fiber does for ever: take threads that have not run yet, one after the other.
inline void work()
{
    for (;;) {
        while (next_thread < block_size) {
            const unsigned taken = next_thread++;
            thread_index.x = backwards ? block_size - 1 - taken : taken;
            body();
        }
        idle.push_back(current);
        if (_setjmp(current->at) == 0) yield();
    }
}

inline void resume(Fiber *fiber)
{
    current = fiber;
    if (_setjmp(scheduler)) return;
    if (fiber->begun) _longjmp(fiber->at, 1);
    fiber->begun = true;
    getcontext(&fiber->begin);
    fiber->stack.resize(1 << 16);
    fiber->begin.uc_stack.ss_sp = fiber->stack.data();
    fiber->begin.uc_stack.ss_size = fiber->stack.size();
    fiber->begin.uc_link = nullptr;
    makecontext(&fiber->begin, work, 0);
    setcontext(&fiber->begin);
}

inline void start_waiting_or_new()
{
    if (idle.empty()) idle.push_back(new Fiber);
    Fiber *fiber = idle.back();
    idle.pop_back();
    resume(fiber);
}

inline void run_block()
{
    next_thread = 0;
    while (next_thread < block_size) start_waiting_or_new();
    while (!waiting.empty()) {
        if (waiting.size() != block_size) {
            std::fprintf(stderr, "%zu of %u threads reached a barrier\n", waiting.size(), block_size);
            std::abort();
        }
        auto resumed = std::move(waiting);
        waiting.clear();
        for (auto &[fiber, index] : resumed) {
            thread_index.x = index;
            resume(fiber);
        }
    }
}

template <class... A, std::size_t... I>
void call(void (*kernel)(A...), void **arguments, std::index_sequence<I...>)
{
    kernel(*static_cast<std::remove_cv_t<A> *>(arguments[I])...);
}

template <class... A> void launch(void (*kernel)(A...), void **arguments, unsigned grid, unsigned block, int order)
{
    body = [=] { call(kernel, arguments, std::index_sequence_for<A...>{}); };
    grid_size.x = grid;
    block_size = block;
    backwards = order != 0;
    for (unsigned b = 0; b < grid; ++b) {
        block_index.x = backwards ? grid - 1 - b : b;
        run_block();
    }
}

} // namespace emulation

#define threadIdx emulation::thread_index
#define blockIdx emulation::block_index
#define gridDim emulation::grid_size

inline void __syncthreads()
{
    emulation::barrier();
}

inline void __threadfence()
{
}

inline int __popc(unsigned bits)
{
    return __builtin_popcount(bits);
}

inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift)
{
    return static_cast<unsigned>((static_cast<std::uint64_t>(high) << 32 | low) << (shift & 31) >> 32);
}

inline unsigned atomicAdd(unsigned *at, unsigned more)
{
    const unsigned was = *at;
    *at += more;
    return was;
}

#define EMULATED(name)                                                                                         \
    extern "C" void emulate_##name(void **arguments, unsigned grid, unsigned block, int order)                 \
    {                                                                                                          \
        emulation::launch(name, arguments, grid, block, order);                                                \
    }
