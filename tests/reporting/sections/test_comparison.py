def test_a_comparison_says_which_score_answers_the_question(whole):
    text = whole.page.text
    assert "A compute decision extrapolates, so largest-compute-out is the score" in text
    assert "chinchilla 40.0 0.0 0.42% −0.1% 90% 1.00 10" in text
    assert "chinchilla 210.0 0.0 0.0 1.00 0" in text
    assert "There is nothing to compare it with." in text
