#define SC_ISA scalar
#include "kernels/block/generic.h"
