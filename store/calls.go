package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrNoCall says that there is no record of a call.
var ErrNoCall = errors.New("no record of this call")

// CallRecord is what became of a call, or of its time with one person. From,
// Note and Summary may be personal data.
type CallRecord struct {
	ID         int64
	Call       string
	Part       int    // 0 is the whole call
	Kind       string // in, callback, out
	From       string
	Department string
	Language   string
	Started    time.Time // of a part: when a person was asked for
	Answered   time.Time // zero: nobody did
	Ended      time.Time
	Agent      string
	Ending     string // how it ended: caller, person, bot, transfer, lost, service; hung_up, callback, overflow, nobody
	Request    string // reference of the callback it was
	CallWrap
	Summary []string
}

// CallWrap is what an agent notes after a call.
type CallWrap struct {
	Topic      string
	Resolution string // solved, forwarded, open
	Bot        string // right, wrong, missing
	Article    string // the answer that was wrong
	Note       string
}

// Waited is how long nobody answered.
func (r CallRecord) Waited() time.Duration {
	if r.Answered.IsZero() {
		return r.Ended.Sub(r.Started)
	}
	return r.Answered.Sub(r.Started)
}

// Talked is how long a person spoke.
func (r CallRecord) Talked() time.Duration {
	if r.Answered.IsZero() {
		return 0
	}
	return r.Ended.Sub(r.Answered)
}

// AddCallRecord writes one and what is to be told of it, both or neither. A
// part below 0 becomes the next one of the call, 1 at least. It returns the
// record's id; 0 when the call was erased while it went on: nothing is kept then.
func (s *Store) AddCallRecord(ctx context.Context, r CallRecord, deliveries []Delivery) (int64, error) {
	summary, err := json.Marshal(r.Summary)
	if err != nil {
		return 0, fmt.Errorf("store call %s: %w", r.Call, err)
	}
	var id int64
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var erased bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM erasures WHERE call = ?)`, r.Call).Scan(&erased); err != nil || erased {
			return err
		}
		if r.Part < 0 {
			if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(part), 0) + 1 FROM call_records WHERE call = ?`, r.Call).Scan(&r.Part); err != nil {
				return err
			}
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO call_records
			(call, part, kind, caller, department, language, started, answered, ended, agent, ending, request, topic, resolution, bot, article, note, summary)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
			r.Call, r.Part, r.Kind, r.From, r.Department, r.Language, stampOf(r.Started), stampOf(r.Answered), stampOf(r.Ended), r.Agent, r.Ending,
			r.Request, r.Topic, r.Resolution, r.Bot, r.Article, r.Note, summary)
		if err != nil {
			return err
		}
		if id, err = res.LastInsertId(); err != nil {
			return err
		}
		for _, d := range deliveries {
			d.Record = id
			if err := addDelivery(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store call %s: %w", r.Call, err)
	}
	return id, nil
}

// WrapCall notes what somebody thinks of a call they had.
func (s *Store) WrapCall(ctx context.Context, id int64, w CallWrap) error {
	_, err := s.db.ExecContext(ctx, `UPDATE call_records SET topic = ?, resolution = ?, bot = ?, article = ?, note = ? WHERE id = ?`,
		w.Topic, w.Resolution, w.Bot, w.Article, w.Note, id)
	if err != nil {
		return fmt.Errorf("wrap-up of call record %d: %w", id, err)
	}
	return nil
}

// CallFilter says which records are wanted; the zero value means all.
type CallFilter struct {
	Call, Department, Agent string
	From, To                time.Time // started within, To excluded
	Limit                   int       // 0: all
}

// CallRecords are those that the filter leaves, newest first, the parts of a
// call last to first.
func (s *Store) CallRecords(ctx context.Context, f CallFilter) ([]CallRecord, error) {
	limit := f.Limit
	if limit == 0 {
		limit = -1
	}
	return s.callRecords(ctx, `WHERE (?1 = '' OR call = ?1) AND (?2 = '' OR department = ?2) AND (?3 = '' OR agent = ?3)
		AND (?4 = '' OR started >= ?4) AND (?5 = '' OR started < ?5) ORDER BY started DESC, id DESC LIMIT ?6`,
		f.Call, f.Department, f.Agent, stampOf(f.From), stampOf(f.To), limit)
}

// CallRecord finds one by its id.
func (s *Store) CallRecord(ctx context.Context, id int64) (CallRecord, error) {
	list, err := s.callRecords(ctx, `WHERE id = ?`, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("call record %d: %w", id, ErrNoCall)
	}
	if err != nil {
		return CallRecord{}, err
	}
	return list[0], nil
}

func (s *Store) callRecords(ctx context.Context, where string, args ...any) ([]CallRecord, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, call, part, kind, caller, department, language, started, answered, ended, agent, ending, request,
		topic, resolution, bot, article, note, summary FROM call_records `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	defer rows.Close()
	var out []CallRecord
	for rows.Next() {
		var r CallRecord
		var started, answered, ended string
		var summary []byte
		err := rows.Scan(&r.ID, &r.Call, &r.Part, &r.Kind, &r.From, &r.Department, &r.Language, &started, &answered, &ended, &r.Agent, &r.Ending,
			&r.Request, &r.Topic, &r.Resolution, &r.Bot, &r.Article, &r.Note, &summary)
		if err == nil {
			err = errors.Join(parseStamp(started, &r.Started), parseStamp(answered, &r.Answered), parseStamp(ended, &r.Ended), json.Unmarshal(summary, &r.Summary))
		}
		if err != nil {
			return nil, fmt.Errorf("list calls: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
