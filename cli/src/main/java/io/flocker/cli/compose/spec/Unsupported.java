package io.flocker.cli.compose.spec;

import java.util.Map;
import java.util.TreeMap;

/// The keys of the Compose specification that Flocker does not support, each with what to use instead.
final class Unsupported {
    private static final String CPUS = "use cpus, or deploy.resources.limits.cpus";
    private static final String MEMORY = "use mem_limit, or deploy.resources.limits.memory";

    static final Map<String, String> SERVICE = services();

    private Unsupported() {}

    private static Map<String, String> services() {
        var keys = new TreeMap<String, String>();
        keys.put("annotations", "use labels");
        keys.put("blkio_config", "Flocker does not limit disk traffic by service; remove it");
        keys.put("cgroup", "every container has a cgroup of its own; remove it");
        keys.put("cgroup_parent", "the agent places containers' cgroups; use deploy.resources for limits");
        for (String key : new String[] {
            "cpu_count",
            "cpu_percent",
            "cpu_period",
            "cpu_quota",
            "cpu_shares",
            "cpu_rt_period",
            "cpu_rt_runtime",
            "cpuset"
        }) {
            keys.put(key, CPUS);
        }
        keys.put("credential_spec", "it is for Windows containers");
        keys.put("develop", "upgrade the service to a new image instead; remove it");
        keys.put("device_cgroup_rules", "use devices");
        keys.put("dns_opt", "use dns and extra_hosts");
        keys.put("dns_search", "use dns and extra_hosts");
        keys.put("domainname", "use hostname with the whole name");
        keys.put("external_links", "use extra_hosts with the other service's published address");
        keys.put("gpus", "use devices for the GPU's device files");
        keys.put("isolation", "it is for Windows containers");
        keys.put("label_file", "write the labels under labels");
        keys.put("log_driver", "use logging.driver");
        keys.put("log_opt", "use logging.options");
        keys.put("mac_address", "containers get theirs from the Docker Engine; remove it");
        keys.put("mem_swappiness", MEMORY);
        keys.put("memswap_limit", MEMORY);
        keys.put("models", "run the model as a service of its own");
        keys.put("net", "use network_mode");
        keys.put("oom_kill_disable", MEMORY);
        keys.put("oom_score_adj", MEMORY);
        keys.put("post_start", "put it in the image's entrypoint, or in a service that depends on this one");
        keys.put("pre_stop", "let the program do it when it gets stop_signal");
        keys.put("provider", "only containers are run; use image");
        keys.put("runtime", "containers use the Docker Engine's default runtime");
        keys.put("storage_opt", "limit the size of a volume with x-flocker.size");
        keys.put("use_api_socket", "bind /var/run/docker.sock if the service must have it");
        keys.put("userns_mode", "it is a setting of the Docker Engine");
        keys.put("uts", "use hostname");
        keys.put("volume_driver", "volumes live in Flocker's pool; remove it");
        keys.put("volumes_from", "name the other service's volumes under volumes");
        return Map.copyOf(keys);
    }
}
