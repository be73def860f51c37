// Shipments are tables in the header; this file gives the room a place for what is computed.
#include "domain/shipments.hpp"
