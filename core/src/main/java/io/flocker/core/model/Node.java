package io.flocker.core.model;

import io.flocker.core.spec.PlacementSpec;
import java.util.Optional;
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
/// @param capacity what its instances may reserve in all
public record Node(
        String name,
        String address,
        TreePMap<String, String> labels,
        Availability availability,
        String certificate,
        String formerCertificate,
        boolean voter,
        Capacity capacity,
        long joinedAtMillis) {
    /// The label that says where a node is; nodes without it are in one place.
    public static final String DATACENTER = "datacenter";

    /// As `docker node update --availability` knows it.
    public enum Availability {
        ACTIVE,
        /// Keeps what it has, gets nothing new.
        DRAINED
    }

    /// How much there is of what instances reserve, or how much of it they have reserved.
    public record Capacity(long milliCpus, long memoryBytes) {
        /// Nothing. A node that has so much has not said yet what it has.
        public static final Capacity NONE = new Capacity(0, 0);

        public Capacity plus(Capacity other) {
            return new Capacity(milliCpus + other.milliCpus, memoryBytes + other.memoryBytes);
        }

        public Capacity minus(Capacity other) {
            return new Capacity(milliCpus - other.milliCpus, memoryBytes - other.memoryBytes);
        }

        public Capacity times(int count) {
            return new Capacity(milliCpus * count, memoryBytes * count);
        }

        /// As much of each as the one of the two that has more of it.
        public Capacity orMore(Capacity other) {
            return new Capacity(Math.max(milliCpus, other.milliCpus), Math.max(memoryBytes, other.memoryBytes));
        }
    }

    /// Where it is, by that label; empty for nowhere in particular.
    public String datacenter() {
        return labels.getOrDefault(DATACENTER, "");
    }

    /// A node that has just joined.
    public static Node joined(
            String name, String address, TreePMap<String, String> labels, String certificate, long atMillis) {
        return new Node(name, address, labels, Availability.ACTIVE, certificate, "", false, Capacity.NONE, atMillis);
    }

    public Node labelled(TreePMap<String, String> newLabels) {
        return new Node(
                name,
                address,
                newLabels,
                availability,
                certificate,
                formerCertificate,
                voter,
                capacity,
                joinedAtMillis);
    }

    public Node available(Availability newAvailability) {
        return new Node(
                name,
                address,
                labels,
                newAvailability,
                certificate,
                formerCertificate,
                voter,
                capacity,
                joinedAtMillis);
    }

    /// It is there now, this large, and uses `usedCertificate`: one it may use, or any if it had none.
    public Node at(String newAddress, String usedCertificate, Capacity newCapacity) {
        String kept = certificate.isEmpty() ? usedCertificate : certificate;
        return new Node(
                name, newAddress, labels, availability, kept, formerCertificate, voter, newCapacity, joinedAtMillis);
    }

    /// It gets a new certificate, for which it asked with `usedCertificate`.
    public Node renewed(String usedCertificate, String newCertificate) {
        return new Node(
                name, address, labels, availability, newCertificate, usedCertificate, voter, capacity, joinedAtMillis);
    }

    public Node voting(boolean newVoter) {
        return new Node(
                name,
                address,
                labels,
                availability,
                certificate,
                formerCertificate,
                newVoter,
                capacity,
                joinedAtMillis);
    }

    /// The first reason why it cannot run an instance of a service with such a placement; empty if it can.
    public Optional<String> objection(PlacementSpec placement) {
        return placement.objection(name, labels);
    }

    /// Whether it may get an instance of a service with such a placement.
    public boolean suits(PlacementSpec placement) {
        return availability == Availability.ACTIVE && objection(placement).isEmpty();
    }

    /// How many instances of a service on every node ([PlacementSpec#global]) it is to run. One that has not said yet
    /// how many cores it has counts as one core.
    public int everywhere(PlacementSpec placement) {
        if (!suits(placement)) {
            return 0;
        }
        int cores = (int) Math.max(1, capacity.milliCpus() / 1_000);
        int counted = placement.isCounted(name) ? placement.most(name) : cores;
        return Math.min(placement.perCore() ? counted : 1, placement.most(name));
    }

    /// Whether it may use the certificate with this hash.
    public boolean mayUse(String hash) {
        return certificate.isEmpty() || hash.equals(certificate) || hash.equals(formerCertificate);
    }
}
