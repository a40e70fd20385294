package io.flocker.core.model;

import org.pcollections.TreePMap;

/// A machine that runs the agent.
///
/// @param name unique in the cluster
/// @param address where other nodes reach it
/// @param labels the user's; `datacenter` spreads replicas
/// @param availability whether new instances and volumes may come here
/// @param certificate the SHA-256 of the certificate it may use, in hex: any other of its name is refused. Empty for
///     any that the cluster's authority signed.
public record Node(
        String name,
        String address,
        TreePMap<String, String> labels,
        Availability availability,
        String certificate,
        long joinedAtMillis) {
    /// The label that says where a node is; nodes without it are in one place.
    public static final String DATACENTER = "datacenter";

    /// As `docker node update --availability` knows it.
    public enum Availability {
        ACTIVE,
        /// Keeps what it has, gets nothing new.
        DRAINED
    }

    public Node labelled(TreePMap<String, String> newLabels) {
        return new Node(name, address, newLabels, availability, certificate, joinedAtMillis);
    }

    public Node available(Availability newAvailability) {
        return new Node(name, address, labels, newAvailability, certificate, joinedAtMillis);
    }

    public Node at(String newAddress, String newCertificate) {
        return new Node(name, newAddress, labels, availability, newCertificate, joinedAtMillis);
    }
}
