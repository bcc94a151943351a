#define SC_ISA scalar
#include "kernels/wiring/generic.h"
