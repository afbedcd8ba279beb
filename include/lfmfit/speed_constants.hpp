// The constants behind speed.hpp, fitted to measurements by tools/fit_speed. Callers hand them on as they come from the
// catalogue; only who fits them looks inside.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// The parts of a model that launch kernels, each under the name it has in data/speed.json.
enum class LaunchPart {
  kToken,
  kAttention,
  kQkNorm,
  kAttentionBias,
  kScaledQueries,
  kSinksOrNoRope,
  kOutputGate,
  kPlainAttention,  ///< without flash attention
  kLatentAttention,
  kCompressedQueries,
  kShortConvolution,
  kStateSpace,
  kStateSpace1,
  kGatedDeltaNet,
  kDenseFeedForward,
  kExperts,
  kExpertBias,
  kSharedExpert,
  kSharedGate,
  kDenseBesideExperts,
  kPostNorm,
  kResidualScale,
  kPerLayerEmbedding,
  kAltup,
  kLaurel,
};
constexpr std::size_t kLaunchPartCount = 25;

/// "token", "attention", "short_convolution", ...
const char* name_of(LaunchPart part);

/// Kernels that one occurrence of a part launches.
struct LaunchCost {
  double one = 0;   ///< for one token
  double few = 0;   ///< for 2 to 8
  double many = 0;  ///< for more
  int rows = 0;     ///< measurements with this part
};

/// What a kind of backends launches.
struct LaunchTable {
  std::string name;  ///< "cuda", "metal"
  std::array<LaunchCost, kLaunchPartCount> costs{};
};

/// The constants of a pass. Reads multiply bytes / peak bandwidth (1: the peak is reached), work multiplies operations
/// / the card's rate R, the rest is in the unit of its name.
enum class Coefficient {
  kDenseRead,
  kExpertRead,
  kFloatRead,
  kVectorStart,      ///< work for each weight of a kernel for few columns
  kVectorColumn,     ///< and for each column of it
  kVectorPlain,      ///< factor on both: weights that unpack easily (q4_0, q8_0)
  kVectorSix,        ///< factor: q6_K
  kVectorLow,        ///< factor: q3_K and i-quants
  kVectorFloat,      ///< work for each weight and column of F16, up to 8 columns
  kVectorUs,         ///< of a product besides
  kTileStart,        ///< work for each weight of a tile: unpacking
  kTileColumn,       ///< and for each of its columns
  kTileMinima,       ///< factor on the columns: types with minima (q4_K, q5_K)
  kTileSixteen,      ///< factor: types with a scale for 16 weights (q6_K, q3_K, q2_K)
  kTileExperts,      ///< factor on tiles of experts
  kTileFp4,          ///< factor on tiles of MXFP4
  kTileFill,         ///< how much longer few tiles take, which do not fill the card
  kTileRereads,      ///< share of the weights that each further column of tiles reads again
  kSmallBatch,       ///< Metal: work for each weight and column, 2 to 8 columns
  kSmallBatchK,      ///< factor: K-quants
  kSmallBatchFloat,  ///< factor: F16
  kFloatWork,        ///< of an operation of F16
  kBf16Work,         ///< factor: BF16
  kBf16ExpertRead,   ///< factor on reading experts in BF16
  kF32Work,          ///< of an operation of F32
  kLaunchUs,         ///< of a kernel
  kLaunchCoreUs,     ///< of a kernel and core (CPUs, whose threads meet)
  kStepUs,           ///< of a call
  kTokenUs,          ///< of the host, for a token
  kEmbeddingNs,      ///< of the host, for a number of an embedding
  kSlowEmbeddingNs,  ///< the same where its type takes long to unpack
  kMaskNs,           ///< of the host, for a token and a cell of the cache
  kLogitsNs,         ///< of copying a byte of logits to the host
  kCacheRead,
  kAttentionHeads,      ///< work of one token for each number of a query head and cell
  kAttentionQuantized,  ///< the same besides with a quantized cache
  kAttentionBatch,      ///< of an operation of attention of few tokens
  kAttentionPrompt,     ///< of an operation of attention of a prompt
  kAttentionPartUs,     ///< of a partial result of attention
  kLatentUs,            ///< of a layer of latent attention
  kAttentionPlain,      ///< work without flash attention, for each number of a head, token and cell
  kStateRead,
  kStateSpace,  ///< work for each number of a state and token of a prompt
  kDeltaNet,    ///< the same
  kActivation,  ///< bytes that each number into and out of a matrix moves
  kThread,      ///< CPUs: bytes that one core draws, as a share of what all do; 0: not limited
};
constexpr std::size_t kCoefficientCount = 46;
using Coefficients = std::array<double, kCoefficientCount>;

/// "dense_read", "launch_us", ...: the names in data/speed.json.
const char* name_of(Coefficient coefficient);

/// What a speed is asked of: one token of one request, a prompt, several requests together.
enum class SpeedQuestion { kDecode, kPrefill, kThroughput };
constexpr std::size_t kSpeedQuestionCount = 3;

/// "decode", "prefill", "throughput".
const char* name_of(SpeedQuestion question);

/// Limits of measured / estimated speed that hold 80 % of measurements.
struct SpeedBand {
  double low = 1, high = 1;  ///< of devices that have measurements of their own
  double unmeasured_low = 1, unmeasured_high = 1;
};

/// How a type of weights is worked on, by kind of kernel.
struct WeightKernel {
  enum class Vector { kPlain, kK, kSix, kLow };
  enum class Tile { kPlain, kMinima, kSixteen };
  enum class Number { kQuantized, kHalf, kBfloat, kSingle };
  const TensorType* type = nullptr;
  Number number = Number::kQuantized;
  Vector vector = Vector::kK;
  Tile tile = Tile::kPlain;
  bool fp4 = false;
  bool small_batch_2 = false;               ///< Metal has kernels for 2 columns or more
  bool small_batch_4 = false;               ///< for 4 or more
  double metal_vector = 1, metal_tile = 1;  ///< factors on Metal's kernels
  bool slow_embedding = false;
  std::size_t cpu = 0;  ///< in CpuConstants::types
};

/// Tensors that a backend unpacks to 16 bits and hands to a library, from some columns on.
struct LibraryRule {
  std::vector<const TensorType*> types;  ///< empty: all
  std::int64_t above = 0;                ///< columns
  std::int64_t most_experts = 0;         ///< 0: any number
};

/// Which kernels a backend has for a kind of GPU.
struct KernelRules {
  bool metal = false;                      ///< Metal's kernels
  std::size_t launches = 0;                ///< in SpeedConstants::launches
  std::vector<std::int64_t> tile_columns;  ///< widths of tiles; empty: any multiple of 8 up to `widest_tile`
  std::int64_t widest_tile = 128;
  std::int64_t widest_expert_tile = 128;
  bool tiles_by_expert = false;  ///< the tokens of an expert, not of the batch, decide the width
  bool splits_tiles = true;      ///< what does not fill the card is split further (stream-k)
  std::int64_t least_float_columns = 1;
  std::vector<LibraryRule> by_library;
  double issued = 1;         ///< of the FP32 rate of the data sheet: what one instruction at a time reaches
  double unit_gflops = 507;  ///< of one multiprocessor, where the device's row does not tell their number
};

/// Hardware that a row of constants holds for. An empty condition always holds.
struct HardwareMatch {
  std::string generation;
  std::vector<std::string> compute_capabilities;  ///< any of these
  std::string gfx;                                ///< how AMD's target begins
  std::string chip;                               ///< Apple's: "Apple M1 Ultra"
  std::string device;                             ///< id of one device
};

/// Constants for one kind of hardware on one backend. Rows form a tree: each says by which factors it differs from its
/// parent.
struct SpeedRow {
  std::string id;     ///< "cuda/Ada"
  std::string label;  ///< what answers call this hardware: "Ada", "any device"
  std::string backend;
  std::string parent;                               ///< id of the row that this one differs from; empty: none
  std::vector<HardwareMatch> hardware;              ///< any of these; empty: all that uses the backend
  std::array<double, kCoefficientCount> prior{};    ///< where a fit of the factors starts
  std::array<double, kCoefficientCount> factors{};  ///< on the parent's; without a parent the constants themselves
  std::array<bool, kCoefficientCount> stated{};     ///< which factors the row states; the others are 1
  bool own_kernels = false;                         ///< states its kernels, else the parent's
  KernelRules kernels;
  std::array<int, kSpeedQuestionCount> rows{};        ///< measurements behind it
  std::array<bool, kSpeedQuestionCount> own_bands{};  ///< states its bands, else the parent's
  std::array<SpeedBand, kSpeedQuestionCount> bands{};
  std::string note;             ///< what an answer should know besides: a driver that matters
  Coefficients coefficients{};  ///< the constants: the product of the factors from the root down
};

/// Measurements of one device on one backend.
struct MeasuredDevice {
  std::string backend;
  std::string device;
  std::array<int, kSpeedQuestionCount> rows{};  ///< none where the estimates miss them
  double decode = 1;                            ///< measured / estimated time that the constants of its kind leave
  double prefill = 1;                           ///< the same of prompts
  std::string chip;                             ///< speed_chip of that device; empty: not known
};

/// How fast CPUs multiply with a group of types, as time: 1 for q4_K.
struct CpuType {
  std::string name;
  double decode = 1;  ///< one token
  double packed = 1;  ///< prompts, with weights repacked for several columns
  double plain = 1;   ///< prompts otherwise
};

/// Multiplications and additions of one core in a cycle.
struct InstructionSet {
  std::string name;
  double decode = 1, prompt = 1;
  std::vector<bool> packs;            ///< by CpuConstants::types
  std::vector<std::string> features;  ///< that systems list of processors with it; empty: it is not told by them
};

/// The share of a memory's peak that the cores of a kind of machine draw.
struct CpuPlatform {
  std::string name;
  double share = 1;
  double core_gb_s = 0;  ///< what one core draws at most; 0: not known to limit
};

struct CpuConstants {
  std::vector<CpuType> types;
  std::vector<InstructionSet> instruction_sets;
  std::vector<CpuPlatform> platforms;
  CpuFacts usual;  ///< of a CPU that no row describes
};

/// The machine beside a card: how its memory feeds layers that lie there.
struct HostLink {
  std::vector<std::string> segments;  ///< of devices; empty: all
  int until_year = 0;                 ///< of devices; 0: all
  Bandwidth memory;                   ///< assumed peak of its memory
  double read = 1;                    ///< share of it that decoding reads
  Bandwidth core;                     ///< that one thread reads
  Seconds expert_layer;               ///< of a layer whose experts lie there
  Seconds layer;                      ///< of a whole layer
  Bandwidth link;                     ///< peak of copies to the card
  double link_share = 1;              ///< of it that copies reach
  Seconds prompt;                     ///< of a micro-batch besides
};

/// Figures that no measurement of ours stands behind; each answer that uses one says so.
struct SpeedAssumptions {
  std::vector<HostLink> hosts;       ///< the first that matches holds
  double host_bandwidth_factor = 1;  ///< what-if: of the host's memory
  double link_factor = 1;            ///< what-if: of the link
  Seconds gpu_sync;                  ///< one exchange between GPUs that share a layer
  Seconds gpu_hop;                   ///< handing a token to the next GPU that holds layers
  double operations_per_byte = 0;    ///< FP32 rate of a GPU whose rate is not known, per byte/s of bandwidth
  double request_spread =
      0;                     ///< how unevenly requests choose experts: standard deviation of the logarithm of how often
  double prompt_spread = 0;  ///< the same for the tokens of one prompt, which resemble each other
  double low = 1, high = 1;  ///< band of ways of running that were not measured
  double host_low = 1, host_high = 1;  ///< band where parts lie in host memory
  /// Backends whose GPUs, each with layers of its own, take the next micro-batch of a prompt while those behind them
  /// still work on the last.
  std::vector<std::string> pipelined;
  double pipeline_hidden = 0;  ///< of the time of all but the slowest GPU: the share that passes meanwhile
};

/// Everything of data/speed.json.
struct SpeedConstants {
  std::vector<LaunchTable> launches;
  std::vector<WeightKernel> weight_kernels;
  std::vector<SpeedRow> rows;
  std::vector<MeasuredDevice> measured_devices;
  CpuConstants cpu;
  SpeedAssumptions assumptions;
};

/// Works out `coefficients`, kernels and bands of each row from its parent's. Rows stand behind their parents.
void resolve(std::vector<SpeedRow>& rows);

/// The row for `device` on `backend`: the last that matches. Throws Error(kUnsupported) when the backend has none.
const SpeedRow& speed_row(const SpeedConstants& constants, const std::string& backend, const Device& device);

/// What decides how fast one GPU of `device` is, as one text: equal for devices that differ in nothing but the size of
/// their memory, and for a server and its GPU.
std::string speed_chip(const Device& device);

/// What the constants of its kind leave of the measured time of `device`, or of another one with the same chip, on
/// `backend`: of prompts, or of decoding. 1 where it was not measured.
double remainder_of(const SpeedConstants& constants, const std::string& backend, const Device& device, bool prompt);

/// Measurements of `device`, or of another one with the same chip, on `backend`.
int measured_rows(const SpeedConstants& constants, SpeedQuestion question, const std::string& backend,
                  const Device& device);

}  // namespace lfmfit
