package audiofile

import "encoding/binary"

// mp3Reservoir lays the frames of MPEG-2 out anew. The decoder takes padded
// ones of 22,050 Hz for a byte shorter than they are, which would shift all
// that frames leave to later ones. Here each gets the largest size, without
// padding, and has its data itself; only what does not fit stands in the frame before.
type mp3Reservoir struct {
	past []byte // data of the frames before, as many as one can point back
	held []byte // the frame before; what is free at its end may still be filled
	free int
}

// farthest is how far back the data of a frame of MPEG-2 may begin, in bytes.
const farthest = 255

// paddedOddly says whether the decoder cannot tell the length of padded frames.
func (h mp3Header) paddedOddly() bool { return h.version() == mpeg2 && h.rate() == 22050 }

// frame takes one and gives the one before; none at first.
func (r *mp3Reservoir) frame(in []byte) []byte {
	h := mp3HeaderOf(in)
	begin, end := h.side()
	if len(in) < end {
		return nil
	}
	out, room := largest(h)
	data := r.data(in[begin:end], in[end:], h.mono())
	before := max(0, len(data)-room)
	if len(data) == 0 || before > min(r.free, farthest) {
		return r.hold(out, room) // silent
	}
	side := out[4 : 4+end-begin]
	copy(side, in[begin:end])
	side[0] = byte(before) // main_data_begin
	copy(r.held[len(r.held)-before:], data)
	copy(out[4+len(side):], data[before:])
	return r.hold(out, room-(len(data)-before))
}

func (r *mp3Reservoir) hold(frame []byte, free int) (before []byte) {
	before, r.held, r.free = r.held, frame, free
	return before
}

// end gives the last frame.
func (r *mp3Reservoir) end() []byte { return r.hold(nil, 0) }

// largest is a silent frame like h, and the room for data in it.
func largest(h mp3Header) (frame []byte, room int) {
	h = h&^(15<<12|padded) | highest<<12 | noCRC
	frame = make([]byte, h.size())
	binary.BigEndian.PutUint32(frame, uint32(h))
	_, end := h.side()
	return frame, len(frame) - end
}

// data is what belongs to a frame, wherever it stands; nil where a part of it is missing.
func (r *mp3Reservoir) data(side, main []byte, mono bool) []byte {
	all := append(r.past, main...)
	from := len(r.past) - int(side[0])
	r.past = append([]byte(nil), all[max(0, len(all)-farthest):]...)
	// part2_3_length of each channel (ISO 13818-3, section 2.4.1.7)
	length := bitsAt(side, 9, 12)
	if !mono {
		length = bitsAt(side, 10, 12) + bitsAt(side, 10+63, 12)
	}
	if from < 0 || from+(length+7)/8 > len(all) {
		return nil
	}
	return all[from : from+(length+7)/8]
}

// bitsAt reads a number of so many bits.
func bitsAt(b []byte, at, bits int) (n int) {
	for i := at; i < at+bits; i++ {
		n = n<<1 | int(b[i/8]>>(7-i%8)&1)
	}
	return n
}
