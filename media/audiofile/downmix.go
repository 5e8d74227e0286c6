package audiofile

// downmix makes mono of any number of channels. Two channels that are each
// other's inverse (a cable with one side turned) would cancel out: then one
// is turned back.
type downmix struct {
	product, power float64 // of left and right, smoothed
	turned         bool
}

// remember is how much of the past counts per piece of 40 ms.
const remember = 0.9

func (d *downmix) append(dst, pcm []int16, channels int) []int16 {
	switch channels {
	case 1:
		return append(dst, pcm...)
	case 2:
		d.listen(pcm)
	}
	for i := 0; i+channels <= len(pcm); i += channels {
		sum := int32(0)
		for c, s := range pcm[i : i+channels] {
			if c == 1 && d.turned {
				s = -max(s, -32767)
			}
			sum += int32(s)
		}
		dst = append(dst, int16(sum/int32(channels)))
	}
	return dst
}

// listen decides with hysteresis whether the sides cancel out.
func (d *downmix) listen(pcm []int16) {
	d.product *= remember
	d.power *= remember
	for i := 0; i+1 < len(pcm); i += 2 {
		l, r := float64(pcm[i]), float64(pcm[i+1])
		d.product += l * r
		d.power += (l*l + r*r) / 2
	}
	switch {
	case d.product < -0.8*d.power && d.power > 0:
		d.turned = true
	case d.product > -0.2*d.power:
		d.turned = false
	}
}
