#include <systemc>

/// The SystemC library carries its own main and will not load without this symbol; the simulation is started by simulate() instead.
extern "C" int sc_main(int /*argc*/, char* /*argv*/[]) { return 0; }
