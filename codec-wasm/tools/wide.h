/* Read before every file of libzstd (-include) when it is compiled for WebAssembly, where pointers have 32 bits and registers 64.
 *
 * libzstd takes the width of its registers from that of pointers (common/mem.h, MEM_32bits) and would read bit streams four bytes at a time. Here it
 * reads eight, as on any machine of 64 bits: a tenth of the time for a large payload, and less code.
 *
 * - The functions of bit streams (common/bitstream.h) count bits in `size_t`; while that header is read, `size_t` is 64 bits wide. Error codes pass
 *   through it and are narrowed by their callers, which keeps them: they are small negative numbers.
 * - Where libzstd asks MEM_32bits() so that `op + sequenceLength` does not wrap (zstd_decompress_block.c, ZSTD_execSequence), it asks MEM_64bits() in
 *   ZSTD_decompressBlock_internal instead, with sizeof(size_t) == sizeof(void*), which holds: no block is written within 1 MiB of the end of memory.
 * - HUF_initFastDStream keeps a bit stream in `size_t` and is left out with HUF_DISABLE_FAST_DECODE.
 *
 * `cargo xtask test` compares frames, good and damaged, with what libzstd of 64 bits makes of them.
 */
#ifdef HUF_DISABLE_FAST_DECODE
#include <stddef.h>

#include "common/bits.h"
#include "common/compiler.h"
#include "common/debug.h"
#include "common/error_private.h"
#include "common/mem.h"

#define MEM_32bits() 0
#define MEM_64bits() 1
#define MEM_readLEST MEM_readLE64

#define size_t U64
#include "common/bitstream.h"
#undef size_t
#else
#error "the fast loops for Huffman keep 64 bits in a size_t"
#endif
