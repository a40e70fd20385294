package io.flocker.agent.converge;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.proxy.Router;
import io.flocker.agent.transfer.Peers;
import io.flocker.agent.volume.VolumeDriver;
import java.nio.file.Path;

/// What an agent acts on.
///
/// @param peers the agents of the other nodes
/// @param files where configs and secrets of instances are written
public record Edges(ContainerEngine engine, VolumeDriver volumes, Router router, Peers peers, Path files) {}
