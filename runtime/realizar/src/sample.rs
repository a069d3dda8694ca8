//! Picks the next token from scores.

/// How to pick. The default is greedy.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// 0 picks the highest score; higher values spread the choice.
    pub temperature: f32,
    /// Keep so many of the best; 0 keeps all.
    pub top_k: usize,
    /// Keep the best until their probabilities add up to this; 1 keeps all.
    pub top_p: f32,
    /// Drop what is less probable than this times the best; 0 drops nothing.
    pub min_p: f32,
    /// Divides positive scores (and multiplies negative ones) of recent tokens; 1 does nothing.
    pub repeat_penalty: f32,
    /// Subtracted for each time a token appeared recently.
    pub frequency_penalty: f32,
    /// Subtracted once if a token appeared recently.
    pub presence_penalty: f32,
    /// How many tokens count as recent.
    pub recent: usize,
    /// Equal seeds give equal texts.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.05,
            repeat_penalty: 1.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            recent: 64,
            seed: 0,
        }
    }
}

/// Sampling with its random state.
#[derive(Debug, Clone)]
pub struct Sampler {
    sampling: Sampling,
    state: u64,
}

impl Sampler {
    /// Starts from the seed.
    #[must_use]
    pub fn new(sampling: Sampling) -> Self {
        let state = sampling.seed;
        Self { sampling, state }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), as a number from 0 up to 1.
    fn random(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The next token; `None` when every score is NaN or ruled out. `allowed` is asked in order of
    /// preference and must accept the token that is picked.
    pub fn pick(
        &mut self,
        scores: &mut [f32],
        history: &[u32],
        mut allowed: impl FnMut(u32) -> bool,
    ) -> Option<u32> {
        self.penalise(scores, history);
        if self.sampling.temperature <= 0.0 {
            return greedy(scores, &mut allowed);
        }
        let mut best: Vec<(f32, u32)> = scores
            .iter()
            .zip(0..)
            .filter(|(s, _)| !s.is_nan() && **s > f32::NEG_INFINITY)
            .map(|(&s, id)| (s, id))
            .collect();
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        // A grammar may refuse the favourites, so more of them are sorted than are kept.
        let keep = if self.sampling.top_k == 0 { best.len() } else { self.sampling.top_k };
        let sorted = keep.saturating_mul(4).max(256);
        if sorted < best.len() {
            best.select_nth_unstable_by(sorted, order);
            let rest = best.split_off(sorted);
            best.sort_unstable_by(order);
            if let Some(id) = self.draw(&best, keep, &mut allowed) {
                return Some(id);
            }
            best = rest;
        }
        best.sort_unstable_by(order);
        self.draw(&best, keep, &mut allowed)
    }

    /// Draws from the first `keep` allowed tokens of a sorted list.
    fn draw(
        &mut self,
        best: &[(f32, u32)],
        keep: usize,
        allowed: &mut dyn FnMut(u32) -> bool,
    ) -> Option<u32> {
        let s = &self.sampling;
        let mut kept: Vec<(f64, u32)> = Vec::new();
        let mut top = None;
        for &(score, id) in best.iter().filter(|(_, id)| allowed(*id)) {
            let top = *top.get_or_insert(score);
            let weight = f64::from((score - top) / s.temperature).exp();
            let raw = f64::from(score - top).exp();
            if kept.len() >= keep || (!kept.is_empty() && raw < f64::from(s.min_p)) {
                break;
            }
            kept.push((weight, id));
        }
        let total: f64 = kept.iter().map(|(w, _)| w).sum();
        let limit = f64::from(s.top_p) * total;
        let mut sum = 0.0;
        let enough = kept.iter().position(|(w, _)| {
            sum += w;
            sum >= limit
        });
        kept.truncate(enough.map_or(kept.len(), |i| i + 1));
        let mut target = self.random() * kept.iter().map(|(w, _)| w).sum::<f64>();
        let last = kept.last().map(|&(_, id)| id);
        let hit = kept.iter().find(|(w, _)| {
            target -= w;
            target < 0.0
        });
        hit.map(|&(_, id)| id).or(last)
    }

    fn penalise(&self, scores: &mut [f32], history: &[u32]) {
        let s = &self.sampling;
        if s.repeat_penalty == 1.0 && s.frequency_penalty == 0.0 && s.presence_penalty == 0.0 {
            return;
        }
        let mut recent = history[history.len().saturating_sub(s.recent)..].to_vec();
        recent.sort_unstable();
        for run in recent.chunk_by(|a, b| a == b) {
            let Some(score) = scores.get_mut(run[0] as usize) else {
                continue;
            };
            *score = if *score > 0.0 { *score / s.repeat_penalty } else { *score * s.repeat_penalty };
            *score -= s.frequency_penalty * run.len() as f32 + s.presence_penalty;
        }
    }
}

fn greedy(scores: &mut [f32], allowed: &mut dyn FnMut(u32) -> bool) -> Option<u32> {
    loop {
        let best = scores.iter().enumerate().filter(|(_, s)| !s.is_nan() && **s > f32::NEG_INFINITY).fold(
            None,
            |best: Option<(usize, f32)>, (i, &s)| match best {
                Some((_, top)) if top >= s => best,
                _ => Some((i, s)),
            },
        );
        let (index, _) = best?;
        if allowed(index as u32) {
            return Some(index as u32);
        }
        scores[index] = f32::NEG_INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(change: impl Fn(&mut Sampling)) -> Sampler {
        let mut sampling =
            Sampling { temperature: 1.0, top_k: 0, top_p: 1.0, min_p: 0.0, ..Sampling::default() };
        change(&mut sampling);
        Sampler::new(sampling)
    }

    fn counts(mut sampler: Sampler, scores: &[f32], n: usize) -> Vec<usize> {
        let mut counts = vec![0; scores.len()];
        for _ in 0..n {
            counts[sampler.pick(&mut scores.to_vec(), &[], |_| true).expect("finite") as usize] += 1;
        }
        counts
    }

    #[test]
    fn frequencies_follow_the_softmax() {
        let scores = [0.0, 1.0, 2.0, f32::NAN];
        let found = counts(sampler(|_| {}), &scores, 20_000);
        let total: f64 = scores[..3].iter().map(|&s| f64::from(s).exp()).sum();
        for (count, score) in found.iter().zip(scores).take(3) {
            let expected = f64::from(score).exp() / total;
            assert!((*count as f64 / 20_000.0 - expected).abs() < 0.02);
        }
        assert_eq!(found[3], 0);
    }

    #[test]
    fn limits_cut_the_tail() {
        let scores = [3.0, 2.0, 1.0, 0.0];
        assert_eq!(counts(sampler(|s| s.top_k = 1), &scores, 50)[0], 50);
        assert_eq!(counts(sampler(|s| s.top_p = 0.6), &scores, 50)[0], 50);
        let found = counts(sampler(|s| s.min_p = 0.3), &scores, 500);
        assert!(found[1] > 0 && found[2] == 0 && found[3] == 0);
    }

    #[test]
    fn penalties_and_refusals_change_the_greedy_choice() {
        let mut greedy = Sampler::new(Sampling { repeat_penalty: 2.0, ..Sampling::default() });
        assert_eq!(greedy.pick(&mut [3.0, 2.0], &[0], |_| true), Some(1));
        assert_eq!(greedy.pick(&mut [3.0, 2.0], &[], |id| id != 0), Some(1));
        assert_eq!(greedy.pick(&mut [f32::NAN; 3], &[], |_| true), None);
    }

    #[test]
    fn equal_seeds_agree() {
        let scores: Vec<f32> = (0..500).map(|i| (i * 37 % 100) as f32 / 20.0).collect();
        let run = |seed| {
            let mut s = sampler(|s| s.seed = seed);
            (0..20).map(|_| s.pick(&mut scores.clone(), &[], |_| true)).collect::<Vec<_>>()
        };
        assert_eq!(run(4), run(4));
        assert_ne!(run(4), run(5));
    }
}
