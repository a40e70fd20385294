package io.flocker.core.access;

/// What a call of the API takes. Every endpoint declares one.
public enum Right {
    /// Nothing: for machines and users that are not known yet.
    ANYBODY,
    /// To be a node.
    NODE,
    /// To look at what is no secret.
    READ,
    /// To make things of one's own.
    CREATE,
    /// To change, or to get into, one environment.
    CHANGE,
    /// To change what all environments share.
    OPERATE,
    /// To decide who the users and nodes are.
    ADMINISTER
}
