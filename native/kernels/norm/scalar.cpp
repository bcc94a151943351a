#define SC_ISA scalar
#include "kernels/norm/generic.h"
