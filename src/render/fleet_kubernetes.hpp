#pragma once

#include <string>

#include "lfmfit/fleet.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// Parts of Kubernetes' manifests that KServe's share.

/// The pod of a replica, whose only container is called `container`.
Json pod_spec(const FleetPlan& plan, const FleetPlacement& placement, const std::string& container);

/// The template of the claim for its GPUs and the line that parts documents; empty where no claim is made.
std::string claims_before(const FleetPlan& plan, const FleetPlacement& placement);

/// Comments: what was answered, and which file is to be there.
std::string manifest_heading(const FleetPlan& plan, const FleetPlacement& placement);

}  // namespace lfmfit::render
