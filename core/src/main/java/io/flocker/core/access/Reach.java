package io.flocker.core.access;

import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What containers have of their node beyond their own: whoever controls one that has any of it can get at everything
/// on the node, whatever their role.
public final class Reach {
    private Reach() {}

    /// What is in `application`, but not in `before`, as `service web: privileged`; empty if nothing is.
    public static Optional<String> added(ApplicationSpec application, ApplicationSpec before) {
        List<String> known = of(before);
        return of(application).stream().filter(each -> !known.contains(each)).findFirst();
    }

    static List<String> of(ApplicationSpec application) {
        List<String> all = new ArrayList<>();
        application
                .services()
                .forEach((name, service) -> of(service).forEach(what -> all.add("service " + name + ": " + what)));
        return all;
    }

    private static List<String> of(ServiceSpec service) {
        List<String> all = new ArrayList<>();
        Sandbox sandbox = service.sandbox();
        if (sandbox.privileged()) {
            all.add("privileged");
        }
        sandbox.capAdd().forEach(capability -> all.add("cap_add " + capability));
        sandbox.securityOpt().forEach(option -> all.add("security_opt " + option));
        sandbox.devices().forEach(device -> all.add("devices " + device));
        sandbox.sysctls().forEach((key, value) -> all.add("sysctls " + key + "=" + value));
        for (String mode : List.of(sandbox.networkMode(), sandbox.pidMode(), sandbox.ipcMode())) {
            if (!isOwn(mode)) {
                all.add("the node's or another container's namespace (" + mode + ")");
            }
        }
        for (Mount mount : service.mounts()) {
            if (mount instanceof Mount.Host host) {
                all.add("the node's own " + host.source());
            }
        }
        return all;
    }

    /// Whether it is a namespace of the environment itself.
    private static boolean isOwn(String mode) {
        return mode.isEmpty()
                || mode.equals("none")
                || mode.equals("private")
                || mode.equals("shareable")
                || mode.startsWith("service:");
    }
}
