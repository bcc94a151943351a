#define SC_ISA avx2
#include "kernels/pool/generic.h"
