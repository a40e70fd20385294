package io.flocker.core.model;

import org.pcollections.TreePMap;

/// A machine that runs the agent.
///
/// @param name unique in the cluster
/// @param address where other nodes reach it
/// @param labels the user's; `datacenter` spreads replicas
public record Node(String name, String address, TreePMap<String, String> labels, long joinedAtMillis) {}
