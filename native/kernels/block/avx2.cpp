#define SC_ISA avx2
#include "kernels/block/generic.h"
