package io.flocker.agent.proxy;

import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.plan.RoutingTable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.pcollections.TreePMap;

/// What sends a node's traffic to instances.
public interface Router extends AutoCloseable {
    /// The fingerprint of the table in force, read from the proxy itself or lost with it; empty if there is none, or
    /// if it is to be applied again.
    String inForce();

    /// Brings a table into force: every new request follows it when this returns. No connection breaks; requests of
    /// held backends wait.
    ///
    /// @throws IOException if the proxy refuses, for example because somebody else listens on a port; says which.
    ///     What it could do without that, it does.
    void apply(RoutingTable table) throws IOException;

    /// How many requests and connections an instance is serving through this proxy, over all its ports.
    ///
    /// @param instance as in [io.flocker.core.plan.RoutingTable.Backend#servers]
    InFlight inFlight(String instance) throws IOException;

    /// How requests of some instances were answered through this proxy since they are counted, over all
    /// their ports. Nothing of one that is not counted any more is remembered.
    TreePMap<String, Answered> answered(Set<String> instances);

    /// The same, apart from it: for whoever wants to know how busy instances are, all the time.
    TreePMap<String, Answered> handled(Set<String> instances);

    /// How much doors and backends were used. None if the proxy does not answer at the moment.
    List<Use> uses();

    /// How much a door or a backend was used by one process of the proxy since that began.
    ///
    /// @param proxy a door's key or a backend's name, as in [RoutingTable]
    /// @param sessions that began: connections of a door, requests of a backend for HTTP
    /// @param bytes in both directions
    record Use(long worker, String proxy, long sessions, long bytes) {}

    /// What an instance is busy with.
    ///
    /// @param requests of HTTP: each ends by itself
    /// @param connections of other protocols: whether one is in use or only kept open cannot be seen
    record InFlight(long requests, long connections) {}

    /// Leaves the proxy running.
    @Override
    void close();
}
