-- strictframe, version 1: a dissector for Wireshark and tshark. README.md says how to use it.
--
-- It judges a frame as a relay does (../SPEC.md, ERR-1), and of what a decoder checks beyond that
-- what can be seen without decompressing: UnknownCritical and BatchStructure. It is one file, because
-- Wireshark loads each file of a plugin folder by itself.

-- Wireshark brings the library; what it is called in depends on its version of Lua.
local bit = bit or bit32

local KINDS = { "MESSAGE", "BATCH", "SYNC", "SCHEMA", "DICT", "END" }
local CODECS = { [0] = "none", "lz4", "zstd" }
local ENCODINGS = { "protobuf", "json", "opaque" }
local STATUS = { [0] = "bad", "good", "not looked at" }
local CODES = {
    BadMagic = "0101", UnsupportedVersion = "0102", Truncated = "0103", TrailingData = "0104",
    BadKind = "0201", BadCodec = "0202", ReservedFlag = "0203", KeyRule = "0204",
    LimitExceeded = "0205", HeaderCrc = "0312", FrameCrc = "0313", BodyStructure = "0401",
    NonCanonicalCompression = "0402", ExtensionError = "0403", UnknownCritical = "0404",
    BatchStructure = "0406",
}
-- SPEC [DIA-1]: what the first bytes of something that is no frame say it is.
local LOOKS_LIKE = {
    { "\239\191\189\239\191\189", "lossy-utf8" }, { "\194\158\195\129", "latin1-as-utf8" },
    { "\197\190\195\129", "cp1252-as-utf8" }, { "\030\065", "seven-bit" }, { "nsE", "base64" },
    { "9ec1", "hex-text" }, { "9EC1", "hex-text" }, { "\193\158", "byte-swapped" },
    { "\158\000\193\000", "utf16" }, { "\000", "length-or-id-prefix" },
    { "\001", "length-or-id-prefix" }, { "\195\001", "avro-single-object" },
    { "\040\181\047\253", "zstd" }, { "\004\034\077\024", "lz4-frame" }, { "\031\139", "gzip" },
    { "{", "json" }, { "[", "json" },
}

local MAGIC = "\158\193"
local HEADER_LEN, TRAILER_LEN, SYNC_LEN = 28, 4, 48
local FORMAT_MAX, DICT_MAX, EXT_MAX, EXT_COUNT, ITEMS_MAX = 2 ^ 26, 2 ^ 20, 4096, 32, 65536
-- Items of a batch that get lines of their own; the others are checked all the same.
local ITEMS_SHOWN = 1000
-- Frames of one packet that the info column tells apart.
local FRAMES_NAMED = 4
-- Headers that do not hold, after which a message of Kafka is not searched any more.
local WRONG_HEADERS = 4096

local strictframe = Proto("strictframe", "strictframe")
-- The fields are those of the first; these are other ways in.
local stream = Proto("strictframe_stream", "strictframe stream")
local pipe = Proto("strictframe_pipe", "strictframe frames on a connection")
local kafka = Proto("strictframe_kafka", "strictframe in Kafka records")

strictframe.prefs.body = Pref.uint("Body limit", 4194304, "What is above it is LimitExceeded")
strictframe.prefs.raw = Pref.uint("Raw limit", 4194304, "What is above it is LimitExceeded")

local F = {
    magic = ProtoField.uint16("strictframe.magic", "magic", base.HEX),
    format_version = ProtoField.uint8("strictframe.format_version", "format version", base.DEC, nil, 0xf0),
    kind = ProtoField.uint8("strictframe.kind", "kind", base.DEC, KINDS, 0x0f),
    codec = ProtoField.uint8("strictframe.codec", "codec", base.DEC, CODECS, 0xf0),
    ext_flag = ProtoField.bool("strictframe.flags.ext", "EXT", 8, nil, 0x01),
    dict_flag = ProtoField.bool("strictframe.flags.dict", "DICT", 8, nil, 0x02),
    reserved = ProtoField.uint8("strictframe.flags.reserved", "reserved flags", base.DEC, nil, 0x0c),
    lineage = ProtoField.bytes("strictframe.lineage", "lineage"),
    version = ProtoField.uint16("strictframe.version", "version"),
    min_reader = ProtoField.uint16("strictframe.min_reader", "min_reader"),
    fork_check = ProtoField.bytes("strictframe.fork_check", "fork_check"),
    body_len = ProtoField.uint32("strictframe.body_len", "body_len"),
    header_crc = ProtoField.uint32("strictframe.header_crc", "header_crc", base.HEX),
    header_crc_status = ProtoField.uint8("strictframe.header_crc.status", "header_crc status", base.DEC, STATUS),
    raw_len = ProtoField.uint32("strictframe.raw_len", "raw_len"),
    raw_crc = ProtoField.uint32("strictframe.raw_crc", "raw_crc", base.HEX),
    dict_id = ProtoField.bytes("strictframe.dict_id", "dict_id"),
    ext_len = ProtoField.uint16("strictframe.ext_len", "ext_len"),
    ext = ProtoField.bytes("strictframe.ext", "extension"),
    ext_type = ProtoField.uint16("strictframe.ext.type", "type", base.HEX),
    ext_length = ProtoField.uint16("strictframe.ext.length", "length"),
    ext_value = ProtoField.bytes("strictframe.ext.value", "value"),
    sequence = ProtoField.uint64("strictframe.sequence", "sequence"),
    time = ProtoField.int64("strictframe.time", "time (ns since 1970)"),
    utc = ProtoField.absolute_time("strictframe.time.utc", "time", base.UTC),
    trace_id = ProtoField.bytes("strictframe.trace.id", "trace-id"),
    parent_id = ProtoField.bytes("strictframe.trace.parent", "parent-id"),
    trace_flags = ProtoField.uint8("strictframe.trace.flags", "trace-flags", base.HEX),
    stream_key = ProtoField.string("strictframe.stream_key", "stream key", base.UNICODE),
    message_id = ProtoField.bytes("strictframe.message_id", "message id"),
    item_count = ProtoField.uint32("strictframe.item_count", "item count"),
    epoch = ProtoField.uint64("strictframe.epoch", "producer epoch"),
    stored = ProtoField.bytes("strictframe.stored", "stored"),
    batch_count = ProtoField.uint32("strictframe.batch.count", "count"),
    batch_size = ProtoField.uint32("strictframe.batch.size", "size"),
    batch_item = ProtoField.bytes("strictframe.batch.item", "item"),
    stream_id = ProtoField.bytes("strictframe.stream_id", "stream_id"),
    own_offset = ProtoField.uint64("strictframe.own_offset", "own offset"),
    previous = ProtoField.uint64("strictframe.previous", "previous offset"),
    count = ProtoField.uint64("strictframe.count", "data frames before"),
    chain_crc = ProtoField.uint32("strictframe.chain_crc", "chain_crc", base.HEX),
    zero = ProtoField.uint32("strictframe.zero", "zero"),
    enc_id = ProtoField.uint8("strictframe.schema.enc_id", "enc_id", base.DEC, ENCODINGS),
    schema_zero = ProtoField.uint8("strictframe.schema.zero", "zero"),
    schema_version = ProtoField.uint16("strictframe.schema.version", "version"),
    schema_min_reader = ProtoField.uint16("strictframe.schema.min_reader", "min_reader"),
    name_len = ProtoField.uint16("strictframe.schema.name_len", "name_len"),
    name = ProtoField.string("strictframe.schema.name", "name", base.UNICODE),
    desc_len = ProtoField.uint32("strictframe.schema.desc_len", "desc_len"),
    descriptor = ProtoField.bytes("strictframe.schema.descriptor", "canonical descriptor"),
    dictionary = ProtoField.bytes("strictframe.dictionary", "dictionary"),
    frame_crc = ProtoField.uint32("strictframe.frame_crc", "frame_crc", base.HEX),
    frame_crc_status = ProtoField.uint8("strictframe.frame_crc.status", "frame_crc status", base.DEC, STATUS),
    err_code = ProtoField.string("strictframe.error.code", "error code"),
    err_name = ProtoField.string("strictframe.error.name", "error"),
    err_offset = ProtoField.uint32("strictframe.error.offset", "error offset"),
    err_class = ProtoField.string("strictframe.error.class", "refused by"),
    looks_like = ProtoField.string("strictframe.error.looks_like", "looks like"),
}
strictframe.fields = F

local refused = ProtoExpert.new("strictframe.refused", "frame refused", expert.group.MALFORMED, expert.severity.ERROR)
local bad_crc = ProtoExpert.new("strictframe.bad_crc", "checksum does not match", expert.group.CHECKSUM, expert.severity.ERROR)
local cut_off = ProtoExpert.new("strictframe.cut", "the capture does not hold the whole frame", expert.group.UNDECODED, expert.severity.NOTE)
strictframe.experts = { refused, bad_crc, cut_off }

-- The extensions of REGISTRY.md: name, length (nil: not fixed), and how the value is shown.
local EXTENSIONS = {
    [0x0001] = { "sequence", 8, function(tree, range) tree:add_le(F.sequence, range) end },
    [0x0002] = { "time", 8, function(tree, range)
        tree:add_le(F.time, range)
        local second = Int64(1000000000)
        local time = range:le_int64()
        local whole, rest = time / second, (time % second):tonumber()
        -- Int64 divides towards zero; a time counts nanoseconds forward from its second.
        if rest < 0 then whole, rest = whole - Int64(1), rest + 1000000000 end
        tree:add(F.utc, range, NSTime.new(whole:tonumber(), rest)):set_generated()
    end },
    [0x0003] = { "trace context", 25, function(tree, range)
        tree:add(F.trace_id, range:range(0, 16))
        tree:add(F.parent_id, range:range(16, 8))
        tree:add(F.trace_flags, range:range(24, 1))
    end },
    [0x0004] = { "stream key", nil, function(tree, range) tree:add_packet_field(F.stream_key, range, ENC_UTF_8) end },
    [0x0005] = { "message id", 16, function(tree, range) tree:add(F.message_id, range) end },
    [0x0006] = { "item count", 4, function(tree, range) tree:add_le(F.item_count, range) end },
    [0x0007] = { "producer epoch", 8, function(tree, range) tree:add_le(F.epoch, range) end },
}
local STREAM_KEY, ITEM_COUNT, CRITICAL = 0x0004, 0x0006, 0x8000

local function extension_name(kind)
    local known = EXTENSIONS[kind]
    if known then return known[1] end
    if kind == 0x8001 then return "reserved for a message authentication code" end
    local place = kind % CRITICAL
    if place >= 0x7f00 then return "private" end
    if kind < CRITICAL and kind % 256 == math.floor(kind / 256) and kind % 16 == 10 then return "never assigned" end
    return "unknown"
end

-- CRC-32C of the Castagnoli polynomial, reflected, a byte at a time.
local CRC = {}
for index = 0, 255 do
    local word = index
    for _ = 1, 8 do
        local low = bit.band(word, 1)
        word = bit.rshift(word, 1)
        if low == 1 then word = bit.bxor(word, 0x82f63b78) end
    end
    CRC[index] = word
end

local function crc_of(tvb, at, len, crc)
    local band, bxor, rshift, byte = bit.band, bit.bxor, bit.rshift, string.byte
    for start = 0, len - 1, 65536 do
        local text = tvb:range(at + start, math.min(65536, len - start)):raw()
        for index = 1, #text do
            crc = bxor(rshift(crc, 8), CRC[band(bxor(crc, byte(text, index)), 0xff)])
        end
    end
    return crc
end

local function crc_end(crc)
    return bit.bnot(crc) % 2 ^ 32
end

local function is_utf8(text)
    local at, byte = 1, string.byte
    while at <= #text do
        local first = byte(text, at)
        local more, low, high = 0, 0x80, 0xbf
        if first >= 0xf0 and first <= 0xf4 then
            more = 3
            if first == 0xf0 then low = 0x90 elseif first == 0xf4 then high = 0x8f end
        elseif first >= 0xe0 and first < 0xf0 then
            more = 2
            if first == 0xe0 then low = 0xa0 elseif first == 0xed then high = 0x9f end
        elseif first >= 0xc2 and first < 0xe0 then
            more = 1
        elseif first >= 0x80 then
            return false
        end
        for index = 1, more do
            local next_byte = byte(text, at + index)
            if not next_byte or next_byte < low or next_byte > high then return false end
            low, high = 0x80, 0xbf
        end
        at = at + 1 + more
    end
    return true
end

-- One frame on its way through the checks. Offsets of errors count from its first byte.
local Frame = {}
Frame.__index = Frame

function Frame:range(offset, len) return self.tvb:range(self.at + offset, len) end
function Frame:u8(offset) return self:range(offset, 1):uint() end
function Frame:u16(offset) return self:range(offset, 2):le_uint() end
function Frame:u32(offset) return self:range(offset, 4):le_uint() end

-- Writes a refusal into the tree. Gives back false, for the caller to hand on, and the item.
function Frame:refuse(name, offset, words, class)
    self.error = self.error or name
    local text = string.format("SF-%s %s at %d", CODES[name], name, offset)
    if words then text = text .. ", " .. words end
    local tree
    if self.have > 0 then
        tree = self.tree:add(F.err_name, self:range(math.min(offset, self.have - 1), 1), name)
    else
        tree = self.tree:add(F.err_name, name)
    end
    tree:set_text("refused: " .. text)
    tree:set_generated()
    tree:add(F.err_code, CODES[name]):set_generated()
    tree:add(F.err_offset, offset):set_generated()
    tree:add(F.err_class, class or "relay"):set_generated()
    tree:add_proto_expert_info((name == "HeaderCrc" or name == "FrameCrc") and bad_crc or refused, text)
    return false, tree
end

-- The bytes in hand end before `need`. Only what was not captured is no fault of the frame.
function Frame:short(need)
    if self.is_cut then
        self.tree:add_proto_expert_info(cut_off)
        self.error = "cut"
        return false
    end
    return self:refuse("Truncated", self.have, string.format("%d bytes of %d", self.have, need))
end

function Frame:crc(tree, offset, found, field, status)
    local stored = self:u32(offset)
    local item = tree:add_le(field, self:range(offset, 4))
    item:append_text(found == stored and " (good)" or string.format(" (bad, should be 0x%08x)", found))
    item:add(status, self:range(offset, 4), found == stored and 1 or 0):set_generated()
    return found == stored
end

-- SPEC [FRM-2, FRM-3]: judged on the bytes present.
function Frame:begins()
    local first = self:range(0, math.min(self.have, 6)):raw()
    if first:sub(1, 2) ~= MAGIC:sub(1, #first) then
        local _, tree = self:refuse("BadMagic", 0)
        for _, row in ipairs(LOOKS_LIKE) do
            if first:sub(1, #row[1]) == row[1] then
                tree:add(F.looks_like, row[2])
                tree:append_text(": looks like " .. row[2])
                break
            end
        end
        return false
    end
    if self.have >= 3 and math.floor(self:u8(2) / 16) ~= 1 then
        return self:refuse("UnsupportedVersion", 2)
    end
    return true
end

function Frame:header()
    if self.have > 0 and not self:begins() then return false end
    if self.have < HEADER_LEN then return self:short(HEADER_LEN) end
    local found = crc_end(crc_of(self.tvb, self.at, 24, 0xffffffff))
    -- SPEC [ERR-2]: what did not pass its checksum is marked.
    local tree = self.tree:add(self:range(0, HEADER_LEN), found == self:u32(24) and "header" or "header, unverified")
    tree:add(F.magic, self:range(0, 2))
    for _, field in ipairs({ F.format_version, F.kind }) do tree:add(field, self:range(2, 1)) end
    for _, field in ipairs({ F.codec, F.reserved, F.dict_flag, F.ext_flag }) do tree:add(field, self:range(3, 1)) end
    tree:add(F.lineage, self:range(4, 8))
    tree:add_le(F.version, self:range(12, 2))
    tree:add_le(F.min_reader, self:range(14, 2))
    tree:add(F.fork_check, self:range(16, 4))
    tree:add_le(F.body_len, self:range(20, 4))
    if not self:crc(tree, 24, found, F.header_crc, F.header_crc_status) then
        return self:refuse("HeaderCrc", 24)
    end
    self.kind, self.codec, self.flags = self:u8(2) % 16, math.floor(self:u8(3) / 16), self:u8(3) % 16
    self.has_ext, self.has_dict = self.flags % 2 == 1, math.floor(self.flags / 2) % 2 == 1
    self.body_len = self:u32(20)
    self.is_data = self.kind == 1 or self.kind == 2
    return self:header_rules()
end

-- SPEC [FRM-6 to FRM-11], in the order of ERR-1.
function Frame:header_rules()
    if not KINDS[self.kind] then return self:refuse("BadKind", 2) end
    if not CODECS[self.codec] then return self:refuse("BadCodec", 3) end
    if self.flags >= 4 or self.has_dict and self.codec == 0 or not self.is_data and self:u8(3) ~= 0 then
        return self:refuse("ReservedFlag", 3)
    end
    local is_zero = self:range(4, 16):raw() == string.rep("\0", 16)
    local version, min_reader = self:u16(12), self:u16(14)
    if is_zero == self.is_data then return self:refuse("KeyRule", 4) end
    if self.is_data and version == 0 then return self:refuse("KeyRule", 12) end
    if self.is_data and (min_reader == 0 or min_reader > version) then return self:refuse("KeyRule", 14) end
    if self.body_len > math.min(strictframe.prefs.body, FORMAT_MAX) then return self:refuse("LimitExceeded", 20) end
    return true
end

function Frame:trailer()
    local at = HEADER_LEN + self.body_len
    local crc = crc_of(self.tvb, self.at, 24, 0xffffffff)
    crc = crc_end(crc_of(self.tvb, self.at + HEADER_LEN, self.body_len, crc))
    return self:crc(self.tree, at, crc, F.frame_crc, F.frame_crc_status) or self:refuse("FrameCrc", at)
end

-- Walks fields that follow each other; `take` gives the offset of the next one, or nil and a refusal.
function Frame:take(len)
    local at = self.next
    if at + len > HEADER_LEN + self.body_len then
        self:refuse("BodyStructure", at)
        return nil
    end
    self.next = at + len
    return at
end

-- A field of the body, by its encoding. Gives back its range.
function Frame:field(field, len)
    local at = self:take(len)
    if not at then return nil end
    self.tree:add_le(field, self:range(at, len))
    return self:range(at, len), at
end

-- SPEC section 2: where everything stands first, and then what it says.
function Frame:data()
    local raw_len, block, block_at
    if self.codec ~= 0 then
        local range = self:field(F.raw_len, 4)
        if not range or not self:field(F.raw_crc, 4) then return false end
        raw_len = range:le_uint()
        if self.has_dict then
            local at = self:take(4)
            if not at then return false end
            self.tree:add(F.dict_id, self:range(at, 4))
        end
    end
    if self.has_ext then
        local range, at = self:field(F.ext_len, 2)
        if not range then return false end
        block, block_at = range:le_uint(), at
        if not self:take(block) then return false end
    end
    local stored = HEADER_LEN + self.body_len - self.next
    if (raw_len or stored) > math.min(strictframe.prefs.raw, FORMAT_MAX) then
        return self:refuse("LimitExceeded", raw_len and 28 or 20)
    end
    if raw_len and stored + 8 + (self.has_dict and 4 or 0) >= raw_len then
        return self:refuse("NonCanonicalCompression", 28)
    end
    if block and not self:extensions(block_at, block) then return false end
    if stored > 0 then
        local tree = self.tree:add(F.stored, self:range(self.next, stored))
        if self.kind == 2 and self.codec == 0 then self:batch(tree, self.next, stored) end
    elseif self.kind == 2 and self.codec == 0 then
        self:refuse("BatchStructure", 0, "in the payload", "decoder")
    end
    return true
end

-- SPEC [EXT-2 to EXT-5].
function Frame:extensions(at, len)
    if len < 4 or len > EXT_MAX then return self:refuse("ExtensionError", at) end
    local next_at, stop, last, number, critical = at + 2, at + 2 + len, -1, 0, nil
    while next_at < stop do
        local left = stop - next_at
        if left < 4 then return self:refuse("ExtensionError", next_at) end
        local kind, size = self:u16(next_at), self:u16(next_at + 2)
        number = number + 1
        if kind <= last or size > left - 4 or number > EXT_COUNT then return self:refuse("ExtensionError", next_at) end
        local known = EXTENSIONS[kind]
        local wrong = known and known[2] and size ~= known[2] or kind == ITEM_COUNT and self.kind == 1
        if kind == STREAM_KEY then
            wrong = size < 1 or size > 256 or not is_utf8(self:range(next_at + 4, size):raw())
        end
        local tree = self.tree:add(F.ext, self:range(next_at, 4 + size))
        tree:set_text(string.format("extension 0x%04x, %s", kind, extension_name(kind)))
        tree:add_le(F.ext_type, self:range(next_at, 2))
        tree:add_le(F.ext_length, self:range(next_at + 2, 2))
        if size > 0 then tree:add(F.ext_value, self:range(next_at + 4, size)) end
        if wrong then return self:refuse("ExtensionError", next_at) end
        if known then known[3](tree, self:range(next_at + 4, size)) end
        if kind == ITEM_COUNT then self.item_count = self:u32(next_at + 4) end
        if kind >= CRITICAL then critical = critical or next_at end
        last, next_at = kind, next_at + 4 + size
    end
    if critical then self:refuse("UnknownCritical", critical, nil, "decoder") end
    return true
end

-- SPEC [BAT-2, BAT-3]: of a payload that is not compressed. Offsets count in the payload.
function Frame:batch(tree, at, len)
    local function refuse(offset) return self:refuse("BatchStructure", offset, "in the payload", "decoder") end
    if len < 4 then return refuse(0) end
    local count = self:u32(at)
    tree:add_le(F.batch_count, self:range(at, 4))
    if count == 0 or count > ITEMS_MAX or self.item_count and self.item_count ~= count then return refuse(0) end
    if len < 4 + 4 * count then return refuse(4 + 4 * math.floor((len - 4) / 4)) end
    local start, room, sum = 4 + 4 * count, len - 4 - 4 * count, 0
    for index = 0, count - 1 do
        local size = self:u32(at + 4 + 4 * index)
        if sum + size > room then return refuse(4 + 4 * index) end
        if index < ITEMS_SHOWN then
            tree:add_le(F.batch_size, self:range(at + 4 + 4 * index, 4))
            if size > 0 then tree:add(F.batch_item, self:range(at + start + sum, size)) end
        end
        sum = sum + size
    end
    if count > ITEMS_SHOWN then tree:append_text(string.format(" (the first %d of %d items)", ITEMS_SHOWN, count)) end
    if sum < room then return refuse(start + sum) end
end

-- SPEC [CTL-1].
function Frame:position()
    local fields = { { F.own_offset, 8 }, { F.previous, 8 }, { F.count, 8 }, { F.chain_crc, 4 }, { F.zero, 4 } }
    local at = self:take(16)
    if not at then return false end
    self.tree:add(F.stream_id, self:range(at, 16))
    for _, field in ipairs(fields) do
        if not self:field(field[1], field[2]) then return false end
    end
    -- SPEC [ERR-1]: within one name, the one farthest to the left.
    if self:u32(72) ~= 0 then return self:refuse("BodyStructure", 72) end
    if self.body_len > SYNC_LEN then return self:refuse("BodyStructure", HEADER_LEN + SYNC_LEN) end
    return true
end

-- SPEC [CTL-2]: a field is judged before the next one is looked for.
function Frame:schema()
    local function number(field, len, is_right)
        local range, at = self:field(field, len)
        if not range then return nil end
        local value = range:le_uint()
        if is_right(value) then return value end
        self:refuse("BodyStructure", at)
    end
    local function above_zero(value) return value > 0 end
    local function any() return true end
    if not number(F.enc_id, 1, function(value) return ENCODINGS[value] end) then return false end
    if not number(F.schema_zero, 1, function(value) return value == 0 end) then return false end
    local version = number(F.schema_version, 2, above_zero)
    if not version then return false end
    if not number(F.schema_min_reader, 2, function(value) return value > 0 and value <= version end) then return false end
    local name_len = number(F.name_len, 2, above_zero)
    local name_at = name_len and self:take(name_len)
    if not name_at then return false end
    local name = self:range(name_at, name_len)
    if not is_utf8(name:raw()) or name:raw(0, 1) == "." then return self:refuse("BodyStructure", name_at) end
    self.tree:add_packet_field(F.name, name, ENC_UTF_8)
    self.name = name:string(ENC_UTF_8)
    local desc_len = number(F.desc_len, 4, any)
    local desc_at = desc_len and self:take(desc_len)
    if not desc_at then return false end
    if desc_len > 0 then self.tree:add(F.descriptor, self:range(desc_at, desc_len)) end
    if self.next < HEADER_LEN + self.body_len then return self:refuse("BodyStructure", self.next) end
    return true
end

-- SPEC [CTL-3].
function Frame:dict()
    if self.body_len == 0 then return self:refuse("BodyStructure", HEADER_LEN) end
    if self.body_len > DICT_MAX then return self:refuse("BodyStructure", HEADER_LEN + DICT_MAX) end
    self.tree:add(F.dictionary, self:range(HEADER_LEN, self.body_len))
    return true
end

local BODIES = { Frame.data, Frame.data, Frame.position, Frame.schema, Frame.dict, Frame.position }

-- Puts the frame at `at` into the tree. Gives back its length, or nil when it was refused, and what to
-- say of it in a line. With `is_alone`, a byte behind it is TrailingData.
local function dissect(tvb, at, tree, is_alone)
    local have = tvb:len() - at
    local frame = setmetatable({ tvb = tvb, at = at, have = have, next = HEADER_LEN,
        is_cut = tvb:reported_len() > tvb:len() }, Frame)
    frame.tree = have > 0 and tree:add(strictframe, tvb:range(at, have)) or tree:add(strictframe)
    local is_whole = frame:header()
    local len
    if is_whole then
        len = HEADER_LEN + frame.body_len + TRAILER_LEN
        frame.tree:set_len(math.min(len, have))
        if have < len then
            is_whole = frame:short(len)
        elseif is_alone and tvb:reported_len() - at > len then
            is_whole = frame:refuse("TrailingData", len)
        end
    end
    is_whole = is_whole and frame:trailer() and BODIES[frame.kind](frame)
    local words = KINDS[frame.kind] or "frame"
    if frame.is_data and CODECS[frame.codec] then words = words .. " " .. CODECS[frame.codec] end
    if frame.name then words = words .. " " .. frame.name end
    if frame.error then words = words .. " [" .. frame.error .. "]" end
    frame.tree:append_text(", " .. words)
    return is_whole and len or nil, words
end

local function say(pinfo, words)
    pinfo.cols.protocol = "strictframe"
    pinfo.cols.info = words
end

-- How many bytes must be there before the frame at `at` can be put into the tree: SPEC [DEF-1].
local function wanted(tvb, at)
    local have = tvb:len() - at
    if have < 8 then return 8 end
    if tvb:range(at, 2):raw() ~= MAGIC then return have end
    if have < HEADER_LEN then return HEADER_LEN end
    local body_len = tvb:range(at + 20, 4):le_uint()
    if crc_end(crc_of(tvb, at, 24, 0xffffffff)) ~= tvb:range(at + 24, 4):le_uint() then return HEADER_LEN end
    if body_len > math.min(strictframe.prefs.body, FORMAT_MAX) then return HEADER_LEN end
    return HEADER_LEN + body_len + TRAILER_LEN
end

-- Frames one after another. Where there may be more, it waits for the rest of the last one.
local function dissect_all(tvb, pinfo, tree, is_pipe)
    local at, count, said = 0, 0, {}
    while at < tvb:len() do
        local need = wanted(tvb, at) - (tvb:len() - at)
        if is_pipe and need > 0 and pinfo.can_desegment > 0 and tvb:reported_len() == tvb:len() then
            pinfo.desegment_offset = at
            pinfo.desegment_len = need
            break
        end
        local len, words = dissect(tvb, at, tree, false)
        count = count + 1
        if count <= FRAMES_NAMED then said[count] = words end
        -- What follows a refused frame cannot be cut into frames.
        if not len then break end
        at = at + len
    end
    if count > FRAMES_NAMED then said[FRAMES_NAMED + 1] = string.format("%d more", count - FRAMES_NAMED) end
    if count > 0 then say(pinfo, table.concat(said, ", ")) end
    return tvb:reported_len()
end

function strictframe.dissector(tvb, pinfo, tree)
    local _, words = dissect(tvb, 0, tree, true)
    say(pinfo, words)
    return tvb:reported_len()
end

function stream.dissector(tvb, pinfo, tree) return dissect_all(tvb, pinfo, tree, false) end
function pipe.dissector(tvb, pinfo, tree) return dissect_all(tvb, pinfo, tree, true) end

-- Whether a header whose checksum holds stands there: of other traffic, one in 2^32 of what begins
-- with the magic.
local function is_header(tvb, at)
    return tvb:len() - at >= HEADER_LEN and tvb:range(at, #MAGIC):raw() == MAGIC
        and crc_end(crc_of(tvb, at, 24, 0xffffffff)) == tvb:range(at + 24, 4):le_uint()
end

-- The Kafka dissector hands record values to nobody, so they are taken from its fields afterwards.
local record_value, kafka_len = Field.new("kafka.message_value"), Field.new("kafka.len")

-- A message of Kafka in which it found no record: it reads no versions younger than itself. Values are
-- stored as they are unless the producer compresses, so frames are found by the checksum of their header.
-- Bytes that begin like one over and over, and are none, are given up on.
local function search(length, tree, said)
    local tvb, start = length.source, length.offset + 4
    local stop = math.min(start + length.value, tvb:len())
    if stop - start < HEADER_LEN then return end
    local text, at, wrong = tvb:range(start, stop - start):raw(), 1, 0
    while wrong < WRONG_HEADERS do
        at = text:find(MAGIC, at, true)
        if not at then return end
        local here = start + at - 1
        local need = is_header(tvb, here) and HEADER_LEN + tvb:range(here + 20, 4):le_uint() + TRAILER_LEN
        if need and here + need <= stop then
            local _, words = dissect(tvb:range(here, need):tvb(), 0, tree, true)
            said[#said + 1] = words
            at = at + need
        else
            at, wrong = at + 1, wrong + 1
        end
    end
end

function kafka.dissector(_, pinfo, tree)
    local said, values = {}, { record_value() }
    for _, value in ipairs(values) do
        if value.len >= #MAGIC and value.range:raw(0, #MAGIC) == MAGIC then
            local _, words = dissect(value.range:tvb(), 0, tree, true)
            said[#said + 1] = words
        end
    end
    if #values == 0 then
        for _, length in ipairs({ kafka_len() }) do search(length, tree, said) end
    end
    if #said > 0 then
        local more = #said > FRAMES_NAMED and string.format(", %d more", #said - FRAMES_NAMED) or ""
        pinfo.cols.info:append(" strictframe: " .. table.concat(said, ", ", 1, math.min(#said, FRAMES_NAMED)) .. more)
    end
end
register_postdissector(kafka)

strictframe:register_heuristic("udp", function(tvb, pinfo, tree)
    if not is_header(tvb, 0) then return false end
    strictframe.dissector(tvb, pinfo, tree)
    return true
end)

pipe:register_heuristic("tcp", function(tvb, pinfo, tree)
    if not is_header(tvb, 0) then return false end
    -- What follows on this connection is frames as well, wherever its segments begin.
    pinfo.conversation = pipe
    pipe.dissector(tvb, pinfo, tree)
    return true
end)

-- Text messages are UTF-8, which never begins with the magic.
strictframe:register_heuristic("ws", function(tvb, pinfo, tree)
    if tvb:len() < #MAGIC or tvb:range(0, #MAGIC):raw() ~= MAGIC then return false end
    strictframe.dissector(tvb, pinfo, tree)
    return true
end)

DissectorTable.get("media_type"):add("application/vnd.strictframe", strictframe)
DissectorTable.get("media_type"):add("application/vnd.strictframe-stream", stream)
DissectorTable.get("tcp.port"):add_for_decode_as(pipe)
DissectorTable.get("udp.port"):add_for_decode_as(strictframe)
