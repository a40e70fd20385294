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
/// @param formerCertificate the one that asked for `certificate`: it may never have arrived. Empty for none.
/// @param voter whether it is to be a member of the cluster's log
public record Node(
        String name,
        String address,
        TreePMap<String, String> labels,
        Availability availability,
        String certificate,
        String formerCertificate,
        boolean voter,
        long joinedAtMillis) {
    /// The label that says where a node is; nodes without it are in one place.
    public static final String DATACENTER = "datacenter";

    /// As `docker node update --availability` knows it.
    public enum Availability {
        ACTIVE,
        /// Keeps what it has, gets nothing new.
        DRAINED
    }

    /// A node that has just joined.
    public static Node joined(
            String name, String address, TreePMap<String, String> labels, String certificate, long atMillis) {
        return new Node(name, address, labels, Availability.ACTIVE, certificate, "", false, atMillis);
    }

    public Node labelled(TreePMap<String, String> newLabels) {
        return new Node(name, address, newLabels, availability, certificate, formerCertificate, voter, joinedAtMillis);
    }

    public Node available(Availability newAvailability) {
        return new Node(name, address, labels, newAvailability, certificate, formerCertificate, voter, joinedAtMillis);
    }

    /// It is there now, and uses `usedCertificate`: one it may use, or any if it had none.
    public Node at(String newAddress, String usedCertificate) {
        String kept = certificate.isEmpty() ? usedCertificate : certificate;
        return new Node(name, newAddress, labels, availability, kept, formerCertificate, voter, joinedAtMillis);
    }

    /// It gets a new certificate, for which it asked with `usedCertificate`.
    public Node renewed(String usedCertificate, String newCertificate) {
        return new Node(name, address, labels, availability, newCertificate, usedCertificate, voter, joinedAtMillis);
    }

    public Node voting(boolean newVoter) {
        return new Node(name, address, labels, availability, certificate, formerCertificate, newVoter, joinedAtMillis);
    }

    /// Whether it may use the certificate with this hash.
    public boolean mayUse(String hash) {
        return certificate.isEmpty() || hash.equals(certificate) || hash.equals(formerCertificate);
    }
}
