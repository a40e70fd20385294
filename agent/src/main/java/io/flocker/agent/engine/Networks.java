package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateNetworkCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Network;
import io.flocker.agent.program.Program;
import io.flocker.core.plan.AddressPlan;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pcollections.TreePMap;

/// One bridge network for each environment. The lower half of its addresses belongs to services: a local route makes
/// the kernel answer for all of them, so that the proxy can listen on any.
final class Networks {
    private static final int FIRST_OCTET = 10;
    private static final int FIRST_SECOND_OCTET = 213;
    private static final int SUBNETS = 512;

    private final DockerClient docker;

    Networks(DockerClient docker) {
        this.docker = docker;
    }

    static String name(String environment) {
        return "flocker." + environment;
    }

    /// Subnets by environment, of the networks that are ready.
    TreePMap<String, String> here() throws IOException {
        TreePMap<String, String> here = TreePMap.empty();
        for (Network network : ours()) {
            Map<String, String> labels = network.getLabels();
            String environment = labels.get(Labels.ENVIRONMENT);
            String subnet = labels.get(Labels.SUBNET);
            if (environment != null && subnet != null) {
                here = here.plus(environment, subnet);
            }
        }
        return here;
    }

    private List<Network> ours() throws EngineFailure {
        return EngineFailure.trying(
                "list networks",
                () -> docker.listNetworksCmd()
                        .withFilter("label", List.of(Labels.ENVIRONMENT))
                        .exec());
    }

    void create(String environment) throws IOException {
        Set<String> taken = new HashSet<>(here().values());
        String addresses = Program.of("ip", "-4", "-o", "addr", "show").run();
        for (int i = 0; i < SUBNETS; i++) {
            String subnet =
                    FIRST_OCTET + "." + (FIRST_SECOND_OCTET + i / 128) + "." + i % 128 * 2 + ".0/" + AddressPlan.PREFIX;
            // Another engine on this machine may have left a bridge of that network behind.
            boolean somebodyElses = addresses.contains(" " + AddressPlan.gateway(subnet) + "/");
            if (!taken.contains(subnet) && !somebodyElses && tryToCreate(environment, subnet)) {
                route(subnet);
                return;
            }
        }
        throw new IOException("There is no free network for environment " + environment + " on this node: all "
                + SUBNETS + " from 10.213.0.0 on are taken");
    }

    /// Returns whether the subnet was free.
    private boolean tryToCreate(String environment, String subnet) throws EngineFailure {
        CreateNetworkCmd command = docker.createNetworkCmd()
                .withName(name(environment))
                .withDriver("bridge")
                .withCheckDuplicate(true)
                .withLabels(Map.of(Labels.ENVIRONMENT, environment, Labels.SUBNET, subnet))
                .withIpam(new Network.Ipam()
                        .withConfig(new Network.Ipam.Config()
                                .withSubnet(subnet)
                                .withGateway(AddressPlan.gateway(subnet))
                                .withIpRange(AddressPlan.containers(subnet))));
        return EngineFailure.trying("create the network of " + environment, () -> {
            try {
                command.exec();
                return true;
            } catch (ConflictException e) {
                return true;
            } catch (DockerException e) {
                if (String.valueOf(e.getMessage()).contains("overlap")) {
                    return false;
                }
                if (String.valueOf(e.getMessage()).contains("already exists")) {
                    return true;
                }
                throw e;
            }
        });
    }

    /// Puts the local routes back that a reboot or somebody else took away.
    void restoreRoutes() throws IOException {
        String routes =
                Program.of("ip", "-4", "route", "show", "table", "local").run();
        for (String subnet : here().values()) {
            if (!routes.contains("local " + services(subnet) + " ")) {
                route(subnet);
            }
        }
    }

    private static String services(String subnet) {
        return subnet.substring(0, subnet.indexOf('/')) + "/24";
    }

    private static void route(String subnet) throws IOException {
        Program.of("ip", "route", "replace", "local", services(subnet), "dev", "lo")
                .run();
    }

    void delete(String environment) throws IOException {
        for (Network network : ours()) {
            if (environment.equals(network.getLabels().get(Labels.ENVIRONMENT))) {
                String subnet = network.getLabels().getOrDefault(Labels.SUBNET, "");
                EngineFailure.trying("delete the network of " + environment, () -> {
                    try {
                        return docker.removeNetworkCmd(network.getId()).exec();
                    } catch (NotFoundException e) {
                        return null;
                    }
                });
                if (!subnet.isEmpty()) {
                    Program.of("ip", "route", "del", "local", services(subnet), "dev", "lo")
                            .end();
                }
            }
        }
    }
}
