// The kernels for processors with AVX-512 and VNNI.
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")
#define AK_AVX512

#include "internal.h"

#include "gemm_avx512.h"

#include "gemm.h"
#include "vector.h"

#include "attention.h"

const ak_kernels ak_avx512 = {
    BLOCK, GROUP, sizeof(activation), gemm, quantize, sgemm, layer_norm, softmax, add_bias_gelu, add,
    turn, keep_half, attend_self, attend_audio, best, top, log_sum,
};
