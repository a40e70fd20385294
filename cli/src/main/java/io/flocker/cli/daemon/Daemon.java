package io.flocker.cli.daemon;

import io.flocker.agent.backup.Errands;
import io.flocker.agent.backup.Notices;
import io.flocker.agent.backup.store.Stores;
import io.flocker.agent.converge.Agent;
import io.flocker.agent.converge.Edges;
import io.flocker.agent.engine.DockerEngine;
import io.flocker.agent.guard.NodeLease;
import io.flocker.agent.http.AgentApi;
import io.flocker.agent.proxy.HaProxy;
import io.flocker.agent.transfer.Peers;
import io.flocker.agent.transfer.Sender;
import io.flocker.agent.transfer.TlsPeers;
import io.flocker.agent.volume.Pool;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.control.api.Api;
import io.flocker.control.api.Forwarder;
import io.flocker.control.api.Listeners;
import io.flocker.control.ca.CredentialFiles;
import io.flocker.core.lease.LeaseTerms;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node's process: control plane and agent, wired by hand. Containers, volumes and the proxy outlive it.
public final class Daemon implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);

    private final FileChannel lockFile;
    private final Forwarder forwarder;
    private final Api api;
    private final OwnPlane plane;
    private final Control control;
    private final DockerEngine engine;
    private final Errands errands;
    private final AgentApi agentApi;
    private final FlockerClient client;
    private final NodeLease lease;
    private final Agent agent;

    /// Starts everything, and returns when the API answers.
    ///
    /// @throws IOException if another daemon runs here, the pool cannot be opened or a port is taken
    public Daemon(Installation installation) throws IOException, InterruptedException {
        this(installation, NodeSettings.read(installation.settings()), Daemon::pool);
    }

    Daemon(Installation installation, NodeSettings settings, Storage storage) throws IOException, InterruptedException {
        lockFile = lock(installation);
        new CredentialFiles(installation.nodeCredentials(), "node").settle();
        Credentials credentials = Credentials.read(installation.nodeCredentials(), "node");
        Files.createDirectories(installation.lib());
        // The pool takes about as long as the log; neither waits for the other.
        var opening = new FutureTask<>(() -> storage.open(installation, settings));
        Thread.ofPlatform().name("pool").start(opening);
        var places = new Listeners.Places(
                new InetSocketAddress(settings.ports().api()), settings.ports().agent(), installation.socket());
        forwarder = new Forwarder(credentials, settings.control());
        api = new Api(places, credentials, forwarder);
        var whereabouts = new Whereabouts(installation.settings(), settings, forwarder::controls);
        plane = new OwnPlane(installation, whereabouts, credentials, api);
        engine = new DockerEngine(settings.docker());
        VolumeDriver volumes = opened(opening);
        client = new FlockerClient(
                URI.create("https://127.0.0.1:" + settings.ports().api()), credentials);
        errands = new Errands(volumes, Stores.ALL, Notices.by(client), settings.name());
        agentApi = new AgentApi(
                new InetSocketAddress(settings.ports().agent()),
                credentials,
                engine,
                volumes,
                new Sender(volumes, engine, settings.transferBytesPerSecond()),
                errands);
        Peers peers = new TlsPeers(credentials, settings.ports().agent());
        control = new Control(installation, whereabouts, plane, new Renewal(installation, credentials, client), client);
        lease = new NodeLease(LeaseTerms.USUAL, installation.guard());
        agent = new Agent(
                new Edges(
                        engine,
                        volumes,
                        new HaProxy(installation.proxy(), installation.nodeCredentials()),
                        peers,
                        installation.files()),
                client,
                lease);
        log.atInfo()
                .addKeyValue("node", settings.name())
                .addKeyValue(
                        "api",
                        "https://" + settings.address() + ":" + settings.ports().api())
                .log("Flocker is up");
    }

    /// Where volumes are.
    interface Storage {
        VolumeDriver open(Installation installation, NodeSettings settings) throws IOException;
    }

    private static VolumeDriver pool(Installation installation, NodeSettings settings) throws IOException {
        return Pool.open(installation.lib(), settings.storage(), settings.poolBytes())
                .driver();
    }

    private static VolumeDriver opened(FutureTask<VolumeDriver> opening) throws IOException, InterruptedException {
        try {
            return opening.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
    }

    private static FileChannel lock(Installation installation) throws IOException {
        Files.createDirectories(installation.run());
        FileChannel file = FileChannel.open(
                installation.run().resolve("daemon.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock();
        if (lock == null) {
            file.close();
            throw new IOException("Another flocker daemon runs with root " + installation.root() + "; stop it first");
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        agent.close();
        lease.close();
        errands.close();
        client.close();
        agentApi.close();
        control.close();
        api.close();
        plane.close();
        forwarder.close();
        engine.close();
        lockFile.close();
    }
}
