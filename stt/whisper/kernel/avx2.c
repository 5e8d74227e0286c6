// The kernels for processors with AVX2 (and FMA and F16C, as all of them).
#pragma GCC target("avx2,fma,f16c")

#include "internal.h"

#include "gemm_avx2.h"

#include "gemm.h"
#include "vector.h"

#include "attention.h"

const ak_kernels ak_avx2 = {
    BLOCK, GROUP, sizeof(activation), gemm, quantize, sgemm, layer_norm, softmax, add_bias_gelu, add,
    turn, keep_half, attend_self, attend_audio, best, top, log_sum,
};
