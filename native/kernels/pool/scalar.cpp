#define SC_ISA scalar
#include "kernels/pool/generic.h"
