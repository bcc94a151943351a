// Winograd convolution, written once: transforms over vectors of channels, and products of matrices in between.
#include "kernels/winograd/forward.h"
#include "kernels/winograd/pack.h"
#include "kernels/winograd/weights.h"
