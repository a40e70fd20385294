package io.flocker.cli.command.node;

import picocli.CommandLine.Command;

/// The group `flocker node`.
@Command(name = "node", description = "Nodes: the machines of the cluster.")
public final class NodeGroup {}
