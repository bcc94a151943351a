#define SC_ISA avx512
#include "kernels/block/generic.h"
