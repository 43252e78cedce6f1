package io.hawser.sim.trial;

/** Both ends of a connection. */
record SimPair(SimPeer client, SimPeer server) {}
