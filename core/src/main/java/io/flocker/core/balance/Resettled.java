package io.flocker.core.balance;

/// Where something would be if something else happened.
///
/// @param what services, an instance or a volume, in words
/// @param from where it is now; empty if it is new
/// @param to where it would be; empty for nowhere
/// @param bytes what would have to be copied for it, replicas that are gone among them
/// @param why what chose the node, or why there is none, in words
public record Resettled(String environment, String what, String from, String to, long bytes, String why) {}
