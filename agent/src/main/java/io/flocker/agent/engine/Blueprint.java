package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.Driver;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.TmpfsOptions;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.VolumeOptions;
import io.flocker.core.plan.AddressPlan;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns an instance's specification into the engine's terms.
///
/// @param here what the node has for it
record Blueprint(WantedInstance instance, WantedEnvironment environment, Here here) {
    /// What an instance finds on its node.
    ///
    /// @param subnet of the environment's network
    /// @param ports to look at to see whether it listens
    /// @param lodging what the agent has for it
    record Here(String subnet, List<Integer> ports, ContainerEngine.Lodging lodging) {}

    /// How the engine names our volumes, before their ids.
    static final String VOLUME = "flocker.";

    private static final long NANOS_PER_MILLI = 1_000_000;

    /// The container's name: readable, and another one for every release and restart.
    String name() {
        return "flocker." + instance.environment() + "." + instance.service() + "." + instance.slot() + "."
                + instance.release() + "." + instance.restarts();
    }

    CreateContainerCmd command(DockerClient docker) {
        ServiceSpec spec = instance.spec();
        ProcessSpec process = spec.process();
        CreateContainerCmd command = docker.createContainerCmd(spec.image())
                .withName(name())
                .withLabels(Labels.of(instance, here.ports(), here.lodging().tenures()))
                .withEnv(process.environment().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList())
                .withTty(process.tty())
                .withStdinOpen(process.stdinOpen())
                .withHostConfig(host(spec));
        process.command().ifPresent(command::withCmd);
        process.entrypoint()
                .ifPresent(entrypoint -> command.withEntrypoint(entrypoint.isEmpty() ? List.of("") : entrypoint));
        if (!process.workingDir().isEmpty()) {
            command.withWorkingDir(process.workingDir());
        }
        if (!process.user().isEmpty()) {
            command.withUser(process.user());
        }
        if (!process.hostname().isEmpty()) {
            command.withHostName(process.hostname());
        }
        if (!process.stopSignal().isEmpty()) {
            command.withStopSignal(process.stopSignal());
        }
        if (!spec.sandbox().platform().isEmpty()) {
            command.withPlatform(spec.sandbox().platform());
        }
        spec.healthCheck().ifPresent(check -> command.withHealthcheck(healthCheck(check)));
        command.withExposedPorts(udpPorts(spec).keySet().stream().toList());
        return command;
    }

    private static HealthCheck healthCheck(io.flocker.core.spec.HealthCheck check) {
        HealthCheck made = new HealthCheck();
        if (!check.test().isEmpty()) {
            made.withTest(check.test());
        }
        if (check.intervalMillis() > 0) {
            made.withInterval(check.intervalMillis() * NANOS_PER_MILLI);
        }
        if (check.timeoutMillis() > 0) {
            made.withTimeout(check.timeoutMillis() * NANOS_PER_MILLI);
        }
        if (check.startPeriodMillis() > 0) {
            made.withStartPeriod(check.startPeriodMillis() * NANOS_PER_MILLI);
        }
        if (check.retries() > 0) {
            made.withRetries(check.retries());
        }
        return made;
    }

    private HostConfig host(ServiceSpec spec) {
        Sandbox sandbox = spec.sandbox();
        HostConfig host = HostConfig.newHostConfig()
                .withRestartPolicy(RestartPolicy.noRestart())
                .withNetworkMode(networkMode(sandbox))
                .withMounts(mounts(spec))
                .withPrivileged(sandbox.privileged())
                .withReadonlyRootfs(sandbox.readOnly())
                .withInit(spec.process().init())
                .withCapAdd(capabilities(sandbox.capAdd()))
                .withCapDrop(capabilities(sandbox.capDrop()))
                .withSecurityOpts(sandbox.securityOpt())
                .withDevices(sandbox.devices().stream().map(Device::parse).toList())
                .withSysctls(sandbox.sysctls())
                .withUlimits(ulimits(sandbox))
                .withDns(sandbox.dns())
                .withGroupAdd(spec.process().groups())
                .withPortBindings(bindings(spec));
        if (!here.lodging().group().isEmpty()) {
            host.withCgroupParent("/" + here.lodging().group());
        }
        if (isOnOwnNetwork(sandbox)) {
            host.withExtraHosts(hosts(sandbox));
        }
        if (sandbox.shmBytes() > 0) {
            host.withShmSize(sandbox.shmBytes());
        }
        if (!sandbox.pidMode().isEmpty()) {
            host.withPidMode(sandbox.pidMode());
        }
        if (!sandbox.ipcMode().isEmpty()) {
            host.withIpcMode(sandbox.ipcMode());
        }
        if (!sandbox.logDriver().isEmpty()) {
            host.withLogConfig(
                    new LogConfig(LogConfig.LoggingType.fromValue(sandbox.logDriver()), sandbox.logOptions()));
        }
        return limited(host, spec.resources());
    }

    private static HostConfig limited(HostConfig host, Resources resources) {
        if (resources.memoryBytes() > 0) {
            host.withMemory(resources.memoryBytes());
        }
        if (resources.reservedMemoryBytes() > 0) {
            host.withMemoryReservation(resources.reservedMemoryBytes());
        }
        if (resources.milliCpus() > 0) {
            host.withNanoCPUs(resources.milliCpus() * NANOS_PER_MILLI);
        }
        if (resources.pids() > 0) {
            host.withPidsLimit(resources.pids());
        }
        return host;
    }

    private static boolean isOnOwnNetwork(Sandbox sandbox) {
        return sandbox.networkMode().isEmpty();
    }

    private String networkMode(Sandbox sandbox) {
        String mode = sandbox.networkMode();
        if (mode.startsWith("service:")) {
            String service = mode.substring("service:".length());
            return "container:flocker." + instance.environment() + "." + service + ".1." + instance.release() + "."
                    + instance.restarts();
        }
        return mode.isEmpty() ? Networks.name(instance.environment()) : mode;
    }

    /// Every service's names at its address on this network, then the user's own lines.
    private String[] hosts(Sandbox sandbox) {
        List<String> hosts = new ArrayList<>();
        for (Map.Entry<String, String> name : environment.names().entrySet()) {
            Integer number = environment.services().get(name.getValue());
            if (number != null) {
                hosts.add(name.getKey() + ":" + AddressPlan.of(here.subnet(), number));
            }
        }
        for (String line : sandbox.extraHosts()) {
            hosts.add(line.replace("host-gateway", AddressPlan.gateway(here.subnet())));
        }
        return hosts.toArray(String[]::new);
    }

    private static Capability[] capabilities(List<String> names) {
        return names.stream()
                .map(name -> Capability.valueOf(name.replaceFirst("^CAP_", "")))
                .toArray(Capability[]::new);
    }

    private static List<Ulimit> ulimits(Sandbox sandbox) {
        return sandbox.ulimits().entrySet().stream()
                .map(entry -> {
                    int colon = entry.getValue().indexOf(':');
                    return new Ulimit(
                            entry.getKey(),
                            Long.parseLong(entry.getValue().substring(0, colon)),
                            Long.parseLong(entry.getValue().substring(colon + 1)));
                })
                .toList();
    }

    private static Map<ExposedPort, Ports.Binding> udpPorts(ServiceSpec spec) {
        Map<ExposedPort, Ports.Binding> ports = new LinkedHashMap<>();
        for (Port port : spec.ports()) {
            if (port.protocol() == Port.Protocol.UDP) {
                ports.put(
                        ExposedPort.udp(port.target()),
                        new Ports.Binding(
                                port.hostAddress().isEmpty() ? null : port.hostAddress(),
                                Integer.toString(port.published())));
            }
        }
        return ports;
    }

    private static Ports bindings(ServiceSpec spec) {
        Ports bindings = new Ports();
        udpPorts(spec).forEach(bindings::bind);
        return bindings;
    }

    private List<Mount> mounts(ServiceSpec spec) {
        return spec.mounts().stream().map(this::mount).toList();
    }

    /// A volume is handed to the engine's local driver, so that an empty one starts with what the image has there.
    private Mount mount(io.flocker.core.spec.Mount mount) {
        return switch (mount) {
            case io.flocker.core.spec.Mount.Volume volume -> {
                String id = instance.volumes().getOrDefault(volume.volume(), "");
                yield new Mount()
                        .withType(MountType.VOLUME)
                        .withSource(VOLUME + id)
                        .withTarget(volume.path())
                        .withReadOnly(volume.readOnly())
                        .withVolumeOptions(new VolumeOptions()
                                .withDriverConfig(new Driver()
                                        .withName("local")
                                        .withOptions(Map.of(
                                                "type",
                                                "none",
                                                "o",
                                                "bind",
                                                "device",
                                                here.lodging().heads().apply(id).toString()))));
            }
            case io.flocker.core.spec.Mount.Host host ->
                new Mount()
                        .withType(MountType.BIND)
                        .withSource(host.source())
                        .withTarget(host.path())
                        .withReadOnly(host.readOnly());
            case io.flocker.core.spec.Mount.Memory memory -> {
                TmpfsOptions options = new TmpfsOptions();
                if (memory.sizeBytes() > 0) {
                    options.withSizeBytes(memory.sizeBytes());
                }
                yield new Mount()
                        .withType(MountType.TMPFS)
                        .withTarget(memory.path())
                        .withTmpfsOptions(options);
            }
            case io.flocker.core.spec.Mount.File file ->
                new Mount()
                        .withType(MountType.BIND)
                        .withSource(here.lodging().files().apply(file.file()).toString())
                        .withTarget(file.path())
                        .withReadOnly(true);
        };
    }
}
