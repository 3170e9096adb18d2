meta:
  id: strictframe
  title: strictframe, version 1
  file-extension: sframe
  license: MIT OR Apache-2.0
  ks-version: 0.10
  endian: le
  bit-endian: be
doc: |
  Frames one after another, as in a stream file. ../SPEC.md is the format; README.md says what of it
  cannot be described here: checksums, decompression, schemas, and what ties the frames of a stream.

  A field that is called `rule_...` takes no bytes. It stands where its rule is judged (ERR-1), when
  the fields that it speaks of have been read.
seq:
  - id: frames
    type: frame
    repeat: eos
types:
  frame:
    seq:
      - id: header
        type: header
      - id: body
        size: header.body_len
        type:
          switch-on: header.kind
          cases:
            'kind::message': data(header)
            'kind::batch': data(header)
            'kind::sync': position
            'kind::schema': schema
            'kind::dict': dictionary
            'kind::end': position
      - id: frame_crc
        type: u4
        doc: CRC-32C of bytes 0..24 followed by the body
  header:
    seq:
      - id: magic_first
        type: u1
        valid: 0x9e
      - id: magic_second
        type: u1
        valid: 0xc1
      - id: format_version
        type: b4
        valid: 1
      - id: kind_id
        type: b4
      - id: codec_id
        type: b4
      - id: reserved
        type: b2
      - id: has_dict
        type: b1
      - id: has_ext
        type: b1
      - id: lineage
        size: 8
      - id: version
        type: u2
        doc: the writer's version of the schema
      - id: min_reader
        type: u2
        doc: the oldest reader version that may decode this
      - id: fork_check
        size: 4
      - id: body_len
        type: u4
      - id: header_crc
        type: u4
        doc: CRC-32C of bytes 0..24
      - id: rule_kind
        size: 0
        valid:
          expr: kind_id >= 1 and kind_id <= 6
      - id: rule_codec
        size: 0
        valid:
          expr: codec_id <= 2
      - id: rule_flags
        size: 0
        valid:
          expr: reserved == 0 and (not has_dict or codec_id != 0) and (is_data or (codec_id == 0 and not has_ext))
      - id: rule_key
        size: 0
        valid:
          expr: is_data != is_key_zero
      - id: rule_version
        size: 0
        valid:
          expr: not is_data or version > 0
      - id: rule_min_reader
        size: 0
        valid:
          expr: not is_data or (min_reader > 0 and min_reader <= version)
      - id: rule_body_len
        size: 0
        valid:
          expr: body_len <= 67108864
    instances:
      kind:
        value: kind_id
        enum: kind
      codec:
        value: codec_id
        enum: codec
      is_data:
        value: kind_id == 1 or kind_id == 2
      is_key_zero:
        value: lineage == [0, 0, 0, 0, 0, 0, 0, 0] and version == 0 and min_reader == 0 and fork_check == [0, 0, 0, 0]
  data:
    params:
      - id: header
        type: header
    seq:
      - id: raw_len
        type: u4
        if: is_compressed
      - id: raw_crc
        type: u4
        if: is_compressed
        doc: CRC-32C of the payload before compression
      - id: dict_id
        size: 4
        if: header.has_dict
      - id: ext_len
        type: u2
        if: header.has_ext
      - id: extension_block
        size: ext_len
        if: header.has_ext
        doc: see the instance `extensions`
      - id: stored
        size-eos: true
      - id: rule_raw_len
        size: 0
        valid:
          expr: not is_compressed or raw_len <= 67108864
      - id: rule_canonical
        size: 0
        valid:
          expr: 'not is_compressed or stored.length + 8 + (header.has_dict ? 4 : 0) < raw_len'
    instances:
      is_compressed:
        value: header.codec != codec::none
      extensions_at:
        value: '(is_compressed ? 8 : 0) + (header.has_dict ? 4 : 0) + 2'
      extensions:
        pos: extensions_at
        size: ext_len
        type: extensions(ext_len, header.kind == kind::message)
        if: header.has_ext
      batch:
        pos: _io.size - stored.length
        size-eos: true
        type: batch
        if: not is_compressed and header.kind == kind::batch
        doc: only of a payload that is stored as it is
  extensions:
    params:
      - id: len
        type: u2
      - id: is_message
        type: bool
    seq:
      - id: rule_len
        size: 0
        valid:
          expr: len >= 4 and len <= 4096
      - id: entries
        type: 'extension(_index, _index == 0 ? -1 : entries[_index - 1].type_id, is_message)'
        repeat: eos
  extension:
    params:
      - id: index
        type: s4
      - id: previous
        type: s4
      - id: is_message
        type: bool
    seq:
      - id: type_id
        type: u2
      - id: len
        type: u2
      - id: rule_ascending
        size: 0
        valid:
          expr: type_id > previous
      - id: rule_count
        size: 0
        valid:
          expr: index < 32
      - id: rule_len
        size: 0
        valid:
          expr: >-
            type_id == 1 or type_id == 2 or type_id == 7 ? len == 8
            : type_id == 3 ? len == 25
            : type_id == 4 ? len >= 1 and len <= 256
            : type_id == 5 ? len == 16
            : type_id == 6 ? len == 4 and not is_message
            : true
      - id: value
        size: len
        type:
          switch-on: type_id
          cases:
            1: u8_value
            2: s8_value
            3: trace_context
            4: text
            6: u4_value
            7: u8_value
    instances:
      is_critical:
        value: type_id >= 0x8000
  u8_value:
    seq:
      - id: value
        type: u8
  s8_value:
    seq:
      - id: value
        type: s8
        doc: nanoseconds since 1970-01-01T00:00:00Z
  u4_value:
    seq:
      - id: value
        type: u4
  text:
    seq:
      - id: value
        type: str
        encoding: UTF-8
        size-eos: true
  trace_context:
    seq:
      - id: trace_id
        size: 16
      - id: parent_id
        size: 8
      - id: trace_flags
        type: u1
  batch:
    seq:
      - id: count
        type: u4
        valid:
          min: 1
          max: 65536
      - id: sizes
        type: u4
        repeat: expr
        repeat-expr: count
      - id: items
        size: sizes[_index]
        repeat: expr
        repeat-expr: count
      - id: rest
        size-eos: true
        valid:
          expr: rest.length == 0
  position:
    doc: the body of SYNC and END
    seq:
      - id: stream_id
        size: 16
      - id: own_offset
        type: u8
      - id: previous
        type: u8
        doc: where the SYNC before it starts; 2^64 - 1 for none
      - id: count
        type: u8
        doc: data frames before this frame
      - id: chain_crc
        type: u4
      - id: zero
        type: u4
        valid: 0
      - id: rest
        size-eos: true
        valid:
          expr: rest.length == 0
  schema:
    seq:
      - id: enc_id
        type: u1
        valid:
          min: 1
          max: 3
      - id: zero
        type: u1
        valid: 0
      - id: version
        type: u2
        valid:
          min: 1
      - id: min_reader
        type: u2
        valid:
          expr: min_reader > 0 and min_reader <= version
      - id: name_len
        type: u2
        valid:
          min: 1
      - id: name
        type: str
        encoding: UTF-8
        size: name_len
        valid:
          expr: name.substring(0, 1) != "."
      - id: desc_len
        type: u4
      - id: descriptor
        size: desc_len
      - id: rest
        size-eos: true
        valid:
          expr: rest.length == 0
    instances:
      encoding:
        value: enc_id
        enum: encoding
  dictionary:
    seq:
      - id: rule_not_empty
        size: 0
        valid:
          expr: _io.size > 0
      - id: content
        size: '_io.size > 1048576 ? 1048576 : _io.size'
      - id: rest
        size-eos: true
        valid:
          expr: rest.length == 0
  damaged:
    doc: what the first bytes of something that is no frame say of it (section 12)
    instances:
      first_1:
        pos: 0
        size: 1
        if: _io.size >= 1
      first_2:
        pos: 0
        size: 2
        if: _io.size >= 2
      first_3:
        pos: 0
        size: 3
        if: _io.size >= 3
      first_4:
        pos: 0
        size: 4
        if: _io.size >= 4
      first_6:
        pos: 0
        size: 6
        if: _io.size >= 6
      diagnosis:
        enum: diagnosis
        value: >-
          _io.size >= 6 and first_6 == [0xef, 0xbf, 0xbd, 0xef, 0xbf, 0xbd] ? 1
          : _io.size >= 4 and first_4 == [0xc2, 0x9e, 0xc3, 0x81] ? 2
          : _io.size >= 4 and first_4 == [0xc5, 0xbe, 0xc3, 0x81] ? 3
          : _io.size >= 2 and first_2 == [0x1e, 0x41] ? 4
          : _io.size >= 3 and first_3 == [0x6e, 0x73, 0x45] ? 5
          : _io.size >= 4 and first_4 == [0x39, 0x65, 0x63, 0x31] ? 6
          : _io.size >= 4 and first_4 == [0x39, 0x45, 0x43, 0x31] ? 6
          : _io.size >= 2 and first_2 == [0xc1, 0x9e] ? 7
          : _io.size >= 4 and first_4 == [0x9e, 0x00, 0xc1, 0x00] ? 8
          : _io.size >= 1 and first_1 == [0x00] ? 9
          : _io.size >= 1 and first_1 == [0x01] ? 9
          : _io.size >= 2 and first_2 == [0xc3, 0x01] ? 10
          : _io.size >= 4 and first_4 == [0x28, 0xb5, 0x2f, 0xfd] ? 11
          : _io.size >= 4 and first_4 == [0x04, 0x22, 0x4d, 0x18] ? 12
          : _io.size >= 2 and first_2 == [0x1f, 0x8b] ? 13
          : _io.size >= 1 and first_1 == [0x7b] ? 14
          : _io.size >= 1 and first_1 == [0x5b] ? 14
          : 0
enums:
  kind:
    1: message
    2: batch
    3: sync
    4: schema
    5: dict
    6: end
  codec:
    0: none
    1: lz4
    2: zstd
  encoding:
    1: protobuf
    2: json
    3: opaque
  diagnosis:
    0: none
    1: lossy_utf8
    2: latin1_as_utf8
    3: cp1252_as_utf8
    4: seven_bit
    5: base64
    6: hex_text
    7: byte_swapped
    8: utf16
    9: length_or_id_prefix
    10: avro_single_object
    11: zstd
    12: lz4_frame
    13: gzip
    14: json
