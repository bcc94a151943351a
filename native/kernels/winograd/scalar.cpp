#define SC_ISA scalar
#include "kernels/winograd/generic.h"
