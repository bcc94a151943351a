#define SC_ISA avx512
#include "kernels/pool/generic.h"
