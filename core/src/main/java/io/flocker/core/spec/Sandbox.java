package io.flocker.core.spec;

import java.util.List;
import org.pcollections.TreePMap;

/// What a container may see and do beyond its image: rights, devices, kernel settings, name resolution, logging.
/// Handed to the Docker Engine as it stands.
///
/// @param networkMode empty for the environment's own network; `host`, `none` or `service:NAME`
/// @param shmBytes size of /dev/shm; 0 for Docker's default
/// @param ulimits by name, as `soft:hard`
/// @param extraHosts `name:address` lines of the container's host file
/// @param logDriver empty for Docker's default
public record Sandbox(
        boolean privileged,
        boolean readOnly,
        List<String> capAdd,
        List<String> capDrop,
        List<String> securityOpt,
        List<String> devices,
        TreePMap<String, String> sysctls,
        TreePMap<String, String> ulimits,
        List<String> dns,
        List<String> extraHosts,
        String networkMode,
        String pidMode,
        String ipcMode,
        String platform,
        long shmBytes,
        String logDriver,
        TreePMap<String, String> logOptions) {

    public static final Sandbox PLAIN = new Sandbox(
            false,
            false,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            TreePMap.empty(),
            TreePMap.empty(),
            List.of(),
            List.of(),
            "",
            "",
            "",
            "",
            0,
            "",
            TreePMap.empty());
}
